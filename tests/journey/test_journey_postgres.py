"""The whole journey on PostgreSQL; only the database's URL differs."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from api.cli.demo.demo import running
from api.cli.demo.journey_run import JourneyRun, Pictures
from gateway.store import Delivery, Disclosure
from tests.parts.postgres import postgres

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_the_journey_runs_on_postgresql(
    tmp_path: Path, pictures: Pictures, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres() as url:
        monkeypatch.setenv("LODGEKEY_DATABASE_URL", url)
        async with running(tmp_path, 0, lambda _: None) as parts:
            walked = await JourneyRun(parts.url, parts.logins, pictures, lambda _: None, parts.tenant_facts).run(
                "HS7-101"
            )
        assert walked["key_after_the_end"] == "revoked"
        assert walked["receipt"] != walked["check_out_receipt"]
        assert not (tmp_path / "lodgekey.sqlite").exists()
        engine = create_engine(url)
        with Session(engine) as session:
            unsettled = session.scalars(select(Delivery.work).where(Delivery.state != "done")).all()
            disclosed = session.scalar(select(func.count()).select_from(Disclosure)) or 0
        engine.dispose()
        assert disclosed > 0
        assert unsettled == []
