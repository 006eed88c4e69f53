"""The declarative base of all tables, and their column types. All times are integer UTC seconds."""

from typing import Annotated, Any
from uuid import uuid4

from sqlalchemy import JSON, BigInteger, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """A random UUID in its 36-character form."""
    return str(uuid4())


Id = Annotated[str, mapped_column(String(36), primary_key=True, default=new_id)]
Word = Annotated[str, mapped_column(String(36))]
Text = Annotated[str, mapped_column(String(400))]
# a device's counters (devices.wire.fields: up to 2**53): SQLite's INTEGER holds them, PostgreSQL's does not
Count = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"))]
Json = dict[str, Any]


class Model(DeclarativeBase):
    """The declarative base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {Json: JSON, list[str]: JSON}  # noqa: RUF012 - SQLAlchemy's own declaration
