"""The consent texts. Each has a version; the text of a version never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from gateway.domain.jurisdiction import Profile

PURPOSES = ("registration", "face", "guardian")
LANGUAGES = ("en", "zh", "es", "it", "pt")


class UnknownText(KeyError):
    """No consent text has this purpose, version and language."""


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One consent text; its placeholders are filled in from the jurisdiction's profile."""

    purpose: str
    version: str
    language: str
    words: str

    @property
    def digest(self) -> str:
        """SHA-256 of the text, so that a record can prove which text was shown."""
        return sha256(self.words.encode()).hexdigest()


TEXTS: tuple[ConsentText, ...] = (
    ConsentText(
        "registration", "2026-11", "en",
        "To live here the law asks that you are registered. We read the fields listed above from your document or from "
        "what you type, report them to the registration authority, and show them only to those listed above. Pictures "
        "are not kept once your registration is decided. The record is kept for {registration_days} days after your "
        "stay and then erased. You may ask to see, correct or erase it.",
    ),
    ConsentText(
        "registration", "2026-11", "zh",
        "依照法律，在此居住须办理登记。我们从您的证件或您填写的内容中读取上方所列信息，报送登记机关，"
        "仅提供给上方所列人员。登记结果确定后不保留图片。登记记录在住宿结束后保存 {registration_days} 天，随后删除。"
        "您可以要求查阅、更正或删除。",
    ),
    ConsentText(
        "face", "2026-11", "en",
        "If you like, your face is compared once with the portrait on your document, so that no person has to look at "
        "them. This happens on this site; both pictures and what is computed from them are gone when the comparison "
        "ends, and only its result is kept, for {evidence_days} days. You need not agree: a person can look instead, "
        "and the key is the same. You may take this back at any time and keep your key.{guardian}",
    ),
    ConsentText(
        "face", "2026-11", "zh",
        "如您愿意，可将您的面部与证件照片比对一次，从而无需人工查看。比对在本站点内完成；"
        "比对结束后两张图片及由其计算的数据即被删除，仅保留结果 {evidence_days} 天。您可以不同意：改由工作人员查看，"
        "所得钥匙完全相同。您可随时撤回同意，钥匙不受影响。{guardian}",
    ),
    ConsentText(
        "guardian", "2026-11", "en",
        "For a tenant under {age}: a parent or guardian is here and agrees for them. A person confirms this before "
        "the key is given.",
    ),
    ConsentText(
        "guardian", "2026-11", "zh",
        "未满 {age} 周岁的住客：须由在场的父母或监护人代为同意，并由工作人员确认后发放钥匙。",
    ),
    ConsentText(
        "registration", "2026-11-28", "en",
        "By law we must register you before your stay. We read the information listed above from "
        "your document or from what you enter, report it to the registration authority, and show "
        "it only to those listed above. Pictures are deleted when your registration is decided. "
        "The record is kept for {registration_days} days after your stay and is then deleted. "
        "You can ask to see, correct or delete it.",
    ),
    ConsentText(
        "registration", "2026-11-28", "zh",
        "依照法律规定，您入住前须办理登记。我们从您的证件或您填写的内容中读取上方所列信息，报送登记机关，"
        "并仅向上方所列人员提供。登记结果确定后，图片即被删除。"
        "登记记录在入住结束后保存 {registration_days} 天，随后删除。您可以申请查阅、"
        "更正或删除。",
    ),
    ConsentText(
        "registration", "2026-11-28", "es",
        "La ley nos obliga a registrarle antes de su estancia. Leemos los datos indicados arriba "
        "de su documento o de lo que usted escribe, los comunicamos a la autoridad competente y "
        "los mostramos solo a quienes se indica arriba. Las imágenes se eliminan cuando se "
        "resuelve su registro. El registro se conserva {registration_days} días después de su "
        "estancia y después se elimina. Puede pedir que se le muestre, se rectifique o se "
        "elimine.",
    ),
    ConsentText(
        "registration", "2026-11-28", "it",
        "La legge ci obbliga a registrarti prima del soggiorno. Leggiamo i dati elencati sopra "
        "dal tuo documento o da ciò che inserisci, li comunichiamo all'autorità competente e li "
        "mostriamo solo ai soggetti elencati sopra. Le immagini sono eliminate quando la "
        "registrazione viene decisa. La registrazione è conservata per {registration_days} "
        "giorni dopo il soggiorno e poi eliminata. Puoi chiedere di vederla, rettificarla o "
        "cancellarla.",
    ),
    ConsentText(
        "registration", "2026-11-28", "pt",
        "A lei obriga-nos a registar os seus dados antes da estadia. Lemos os dados acima "
        "indicados do seu documento ou do que escrever, comunicamo-los à autoridade competente e "
        "mostramo-los apenas a quem está indicado acima. As imagens são eliminadas quando o seu "
        "registo é decidido. O registo é conservado durante {registration_days} dias após a "
        "estadia e depois eliminado. Pode pedir para o consultar, retificar ou eliminar.",
    ),
    ConsentText(
        "face", "2026-11-28", "en",
        "If you agree, your face is compared once with the portrait on your document, so that "
        "staff do not need to look at them. The comparison is done on this service's own server. "
        "When it ends, both pictures and the data computed from them are deleted; only the "
        "result is kept, for {evidence_days} days. You do not have to agree: staff can check "
        "instead, and you get the same key. You can withdraw your consent at any time and keep "
        "your key.{guardian}",
    ),
    ConsentText(
        "face", "2026-11-28", "zh",
        "如您同意，系统将您的面部与证件人像比对一次，无需工作人员查看。比对在本服务自有服务器上完成；"
        "比对结束后，两张图片及由其计算的数据即被删除，仅保留比对结果 {evidence_days} 天。"
        "您可以不同意：改由工作人员核验，领取的钥匙相同。您可随时撤回同意，钥匙不受影响。"
        "{guardian}",
    ),
    ConsentText(
        "face", "2026-11-28", "es",
        "Si da su consentimiento, su cara se compara una vez con la fotografía de su documento, "
        "para que el personal no tenga que mirar las imágenes. La comparación se hace en el "
        "servidor propio de este servicio. Cuando termina, se eliminan las dos imágenes y los "
        "datos calculados a partir de ellas; solo se conserva el resultado, durante "
        "{evidence_days} días. No tiene obligación de darlo: en su lugar puede comprobarlo el "
        "personal y usted recibirá la misma llave. Puede retirar su consentimiento en cualquier "
        "momento y conservar su llave.{guardian}",
    ),
    ConsentText(
        "face", "2026-11-28", "it",
        "Se acconsenti, il tuo volto viene confrontato una sola volta con la foto del tuo "
        "documento, così il personale non deve guardare le immagini. Il confronto avviene sul "
        "server di questo servizio. Al termine, le due immagini e i dati calcolati a partire da "
        "esse sono eliminati; si conserva solo il risultato, per {evidence_days} giorni. Non hai "
        "l'obbligo di acconsentire: in alternativa verifica il personale e tu ricevi la stessa "
        "chiave. Puoi revocare il consenso in qualsiasi momento e mantenere la chiave.{guardian}",
    ),
    ConsentText(
        "face", "2026-11-28", "pt",
        "Se der o seu consentimento, o seu rosto é comparado uma vez com a fotografia do "
        "documento, para que a equipa não tenha de ver as imagens. A comparação é feita no "
        "servidor próprio deste serviço. Quando termina, as duas imagens e os dados calculados a "
        "partir delas são eliminados; só o resultado é conservado, durante {evidence_days} dias. "
        "Não tem de dar o consentimento: a equipa pode verificar em alternativa, e a chave que "
        "recebe é a mesma. Pode retirar o consentimento em qualquer momento e manter a sua "
        "chave.{guardian}",
    ),
    ConsentText(
        "guardian", "2026-11-28", "en",
        "For a tenant under {age} years of age: a parent or guardian must be present and consent "
        "on the tenant's behalf. Staff confirm this before the key is issued.",
    ),
    ConsentText(
        "guardian", "2026-11-28", "zh",
        "未满 {age} 周岁的租客，须由在场的父母或监护人代为同意，并经工作人员确认后发放钥匙。",
    ),
    ConsentText(
        "guardian", "2026-11-28", "es",
        "Para huéspedes menores de {age} años: la madre, el padre o el representante legal debe "
        "estar presente y dar el consentimiento en su nombre. El personal lo confirma antes de "
        "emitir la llave.",
    ),
    ConsentText(
        "guardian", "2026-11-28", "it",
        "Per gli ospiti con meno di {age} anni: un genitore o un tutore deve essere presente e "
        "dare il consenso per conto dell'ospite. Il personale lo conferma prima che la chiave "
        "sia emessa.",
    ),
    ConsentText(
        "guardian", "2026-11-28", "pt",
        "Para hóspedes com menos de {age} anos: a mãe, o pai ou o representante legal tem de "
        "estar presente e dar o consentimento em seu nome. A equipa confirma-o antes de a chave "
        "ser emitida.",
    ),
)  # fmt: skip
GUARDIAN: Final[Mapping[tuple[str, str], str]] = {
    ("2026-11", "en"): " Under {age} years of age a guardian has to agree.",
    ("2026-11", "zh"): "未满 {age} 周岁须由监护人同意。",
    ("2026-11-28", "en"): " If you are under {age} years of age, a guardian must agree.",
    ("2026-11-28", "zh"): "未满 {age} 周岁的，须由监护人同意。",
    ("2026-11-28", "es"): (
        " Si tiene menos de {age} años, debe dar el consentimiento su madre, padre o representante legal."
    ),
    ("2026-11-28", "it"): " Se hai meno di {age} anni, deve acconsentire un genitore o un tutore.",
    ("2026-11-28", "pt"): (
        " Se tiver menos de {age} anos, é preciso o consentimento da mãe, do pai ou do representante legal."
    ),
}
"""The sentence on guardians inside the text on faces, by version and language."""
LATEST = "2026-11-28"


def consent_text(purpose: str, language: str, version: str = LATEST) -> ConsentText:
    """The text of a version in one of LANGUAGES. Raises UnknownText."""
    for text in TEXTS:
        if (text.purpose, text.version, text.language) == (purpose, version, language):
            return text
    raise UnknownText(f"{purpose} {version} {language}")


def consent_language(language: str) -> str:
    """The language of the texts that readers of a page's language (BCP 47) agree to."""
    return language.partition("-")[0]


def fill_in(text: ConsentText, profile: Profile) -> str:
    """The text with its placeholders filled in for this jurisdiction."""
    guardian = (
        GUARDIAN[text.version, text.language].format(age=profile.face_guardian_under)
        if profile.face_guardian_under
        else ""
    )
    facts: Mapping[str, object] = {
        "registration_days": profile.keep_registration_days,
        "evidence_days": profile.keep_evidence_days,
        "guardian": guardian,
        "age": profile.guardian_under,
    }
    return text.words.format_map(facts)
