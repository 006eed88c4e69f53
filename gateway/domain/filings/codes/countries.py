"""Countries by ISO 3166-1 alpha-3 and Kosovo, with the dates on which codes were introduced and withdrawn."""

from datetime import date

from gateway.domain.filings.codes.table import Code, CodeTable

_IN_FORCE = """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH
    BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB
    CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO
    GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN
    IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA
    MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER
    NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU
    RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA
    TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT
    WLF WSM YEM ZAF ZMB ZWE
"""
KOSOVO = "RKS"  # ICAO Doc 9303-3 part A; ISO 3166-1 has assigned no code
_SINCE = {
    "ROU": date(2002, 2, 1),
    "TLS": date(2002, 5, 20),
    "SRB": date(2006, 9, 26),
    "MNE": date(2006, 9, 26),
    "BES": date(2010, 12, 15),
    "CUW": date(2010, 12, 15),
    "SXM": date(2010, 12, 15),
    "SSD": date(2011, 8, 9),
}
_WITHDRAWN = {
    "ZAR": date(1997, 7, 13),
    "ROM": date(2002, 1, 31),
    "TMP": date(2002, 5, 19),
    "YUG": date(2003, 7, 22),
    "SCG": date(2006, 9, 25),
    "ANT": date(2010, 12, 14),
}

COUNTRIES = CodeTable(
    "iso3166-1",
    "2026-11",
    [
        *(Code(code, code, since=_SINCE.get(code)) for code in _IN_FORCE.split()),
        Code(KOSOVO, KOSOVO, since=date(2008, 2, 17)),
        *(Code(code, code, until=day) for code, day in _WITHDRAWN.items()),
    ],
)
