"""What to do about a refused picture, an uncertain reading or a case in review, by its code."""

from collections.abc import Mapping
from typing import Final

from gateway.texts.marks import N_

REASON: Final[Mapping[str, str]] = {
    "too_large": N_("The image is larger than 8 MB. Choose a smaller one, or take the photo again."),
    "empty": N_("The image is empty. Take the photo again."),
    "not_an_image": N_("This is not a JPEG or PNG image. Take a photo, or choose a JPEG or PNG file."),
    "disguised": N_("The file contains more than an image. Take a new photo and send that."),
    "truncated": N_("The image was not received completely. Send it again."),
    "too_many_pixels": N_(
        "The image has more than 16 million pixels. Choose a lower resolution and take the photo again."
    ),
    "too_few_pixels": N_("The image is too small to read. Move closer and take the photo again."),
    "animated": N_("The image is animated. Send a single still photo."),
    "no_face": N_(
        "No face was found. Face the camera in even light, without a mask or sunglasses, and take the photo again."
    ),
    "two_faces": N_("There is more than one face in the photo. Take it again with only you in view."),
    "face_too_small": N_("The face is too small. Move closer to the camera and take the photo again."),
    "too_many_frames": N_("The recording is too long. Record again, for ten seconds at most."),
    "too_few_frames": N_("The recording is too short. Record again and complete all head turns."),
    "identity_busy": N_(
        "Many people are registering now. Wait a few seconds and send it again, or ask for a manual check."
    ),
    "worker_timeout": N_("Reading the image took too long. Send it again, or ask for a manual check."),
    "worker_crashed": N_("The image could not be read. Take the photo again, or ask for a manual check."),
    "no_document": N_("No document was found. Lay it flat, fill the frame with it and take the photo again."),
    "document_cropped": N_("Part of the document is outside the photo. Show all four corners and take it again."),
    "document_unclear": N_(
        "Some fields could not be read reliably. Hold still, avoid glare and take the photo again, "
        "or correct the fields."
    ),
    "check_digit_wrong": N_(
        "A check digit on the document does not match. Take the photo again without glare or blur."
    ),
    "zones_disagree": N_(
        "The printed text and the machine-readable lines do not match. Take the photo again; "
        "otherwise staff will check."
    ),
    "name_unconfirmed": N_("Check the name: the document has no check digit for it."),
    "number_disagrees": N_(
        "The date of birth or sex does not match the identity number. Take the photo again; otherwise staff will check."
    ),
    "no_portrait": N_("The portrait on the document was not found. Avoid glare on it and take the photo again."),
    "portrait_too_small": N_("The portrait on the document is too small in the photo. Move closer and take it again."),
    "chip_unreadable": N_(
        "The chip could not be read. Place the document on the reader again, or take a photo of it instead."
    ),
    "chip_issuer_unknown": N_("The issuer of this chip could not be verified. Take a photo of the document instead."),
    "chip_signature_wrong": N_(
        "The signature of the chip is not valid. Take a photo of the document instead, or ask for a manual check."
    ),
    "chip_altered": N_(
        "The data on the chip was altered. Take a photo of the document instead, or ask for a manual check."
    ),
    "document_expired": N_("The document has expired. Use one that is still valid."),
    "document_not_yet_valid": N_("The document is not valid yet. Use one that is already valid."),
    "document_kind_not_accepted": N_(
        "This type of document is not accepted here. Use a different one, or ask for a manual check."
    ),
    "typed_without_camera": N_("You entered your details by hand. Staff will now check them; please wait."),
    "checked_field_corrected": N_(
        "You changed a field that was read from the document. Staff will check it; please wait."
    ),
    "document_without_face": N_("Staff will confirm that the document is yours; please wait."),
    "face_without_liveness": N_(
        "The photo matches, but it could not be confirmed that it was taken just now. Staff will check it; please wait."
    ),
    "face_unsure": N_("The face comparison was not conclusive. Staff will check it; please wait."),
    "face_differs": N_("The face does not match the document. Staff will check it; please wait."),
    "face_problem": N_("The face could not be compared. Take the photo again; otherwise staff will check."),
    "liveness_failed": N_(
        "The recording did not show the requested head turns. Try again; otherwise staff will check."
    ),
    "level_person": N_("Your landlord requires a manual check of every tenant. Please wait."),
    "level_kiosk": N_(
        "Your landlord requires the camera of the kiosk at the entrance. Staff will check your "
        "registration; please wait, or register at the kiosk."
    ),
    "liveness_attempts_used": N_("You have used all three attempts. Staff will check it; please wait."),
    "liveness_other_challenge": N_(
        "This recording belongs to an earlier request. Start again and follow the turns shown now."
    ),
    "liveness_too_late": N_("The recording was sent too late. Start again and send it within one minute."),
    "liveness_other_order": N_(
        "You did not turn your head in the requested order. Try again slowly, and look straight ahead after each turn."
    ),
    "liveness_flat": N_("The image looks flat. Hold the phone still and turn your head, not the phone."),
    "liveness_face_lost": N_(
        "Your face left the picture during the recording. Stay in view, in even light, and try again."
    ),
    "liveness_face_changed": N_(
        "The recording does not show the same face throughout. Try again with only you in view."
    ),
    "liveness_not_available": N_("Head turns cannot be checked here. Staff will check it; please wait."),
    "guardian_needed": N_(
        "A minor must register with a guardian. Try again with your guardian present, who consents on your behalf."
    ),
    "minor_with_guardian": N_("Staff will confirm the guardian; please wait."),
    "field_missing": N_("Fill in this field."),
    "surname_missing": N_(
        "Enter the surname. If the document shows one name only, enter it here and leave the given names empty."
    ),
    "field_not_asked": N_("This field is not required here. Leave it empty."),
    "field_too_long": N_("This is too long. Enter it as shown on the document."),
    "field_characters": N_(
        "This contains characters that do not occur on identity documents. Enter it as shown on the document."
    ),
    "id_number_check_digit": N_(
        "The last character of the identity number does not match the others. Check it against the card."
    ),
    "id_number_length": N_("A Chinese resident identity number has 18 characters. Check it against the card."),
    "id_number_birth_date": N_("The identity number contains an invalid date of birth. Check it against the card."),
    "id_number_sex": N_("The identity number does not match the sex given. Check both against the card."),
    "birth_date_disagrees": N_("The date of birth does not match the identity number. Check both against the card."),
    "birth_date_invalid": N_("This is not a valid date of birth. Enter it as year-month-day, for example 1990-05-17."),
    "born_after_arrival": N_("The date of birth is after the arrival. Check both."),
    "child_born_after_arrival": N_(
        "The child was born after this arrival. Check the date of birth; for a baby born during the stay, enter an "
        "arrival on or after the day of birth."
    ),
    "id_number_wrong": N_(
        "This number does not belong to this type of document, or a character is wrong. Check it against the document."
    ),
    "document_kind_unknown": N_("Choose the type of document from the list."),
    "document_kind_disagrees": N_("This number belongs to another type of document. Choose the type again."),
    "document_needed": N_("A document is needed at this age. Choose its type and enter its number."),
    "names_apart": N_("Enter the surname and the given names in their own fields."),
    "code_table_unread": N_("The authority's list could not be read yet. Try again later, or ask the landlord."),
    "code_unknown": N_("This is not in the authority's list. Type the first letters and choose from the list."),
    "code_of_several": N_("Several places have this name. Choose one from the list."),
    "sex_invalid": N_("Choose M, F or X."),
    "nationality_invalid": N_("Use the three-letter country code on the document, for example CHN or ITA."),
}
