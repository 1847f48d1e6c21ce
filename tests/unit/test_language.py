"""Which language a request is in, when the portal does not say."""

import pytest

from shared.domain.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Il protocollo non assegna il numero ai documenti in entrata", "it"),
        ("The search does not work since the last update, please help", "en"),
        ("Buongiorno, impossibile accedere al portale. Grazie", "it"),
        ("Hello, I can't log in. Thanks", "en"),
        ("Error 500 in ZenShare UP quando salvo la fattura", "it"),
        ("I file allegati. I file spariscono in archivio", "it"),
        ("Stampante offline. Stampa in errore in ufficio", "it"),
        ("Blocco in produzione. Sistema in blocco: a video appare schermata bianca", "it"),
        ("Protocollo in uscita bloccato in data odierna", "it"),
        ("Timbro digitale illeggibile", "it"),
        ("Account locked. Users see blank page", "en"),
        ("Missing invoices. Supplier invoices missing, urgent", "en"),
        ("Server down", "en"),
        ("Signature panel gets cropped", "en"),
        ("I can’t open it", "en"),
        ("PDF", "it"),
        ("", "it"),
        ("说明 1234 !!!", "it"),
    ],
)
def test_a_request_is_italian_or_english(text: str, language: str) -> None:
    assert detect(text) == language
