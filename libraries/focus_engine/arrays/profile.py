"""`variables/pz/<profile>/arrays.yaml`: the only place that knows PZ's arrays, with status."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from focus_engine.arrays.canonical import CANONICAL, Endian
from focus_engine.arrays.contract import ArrayContract, RangePolicy
from focus_engine.datafile import Record, Text, read_yaml
from focus_engine.environment import SANDBOX
from focus_engine.paths import VARIABLES
from focus_engine.status import Basis, Fact, Status
from focus_engine.verdict import NeedsInput, NotAllowed, ToolError

PROFILES = VARIABLES / "pz"
FILE_NAME = "arrays.yaml"

_DtypeName = Annotated[str, Field(pattern=f"^({'|'.join(CANONICAL)})$")]
_Endian = Annotated[Endian, Field(strict=False)]
_Tolerance = Annotated[float, Field(gt=0, lt=1)]


class ViewDtype(Fact):
    """Dtype and byte order of the frames of one view, and its code in `view_type`.

    The code is null while nobody knows it; `needs` then says what the team must supply.
    """

    dtype: _DtypeName
    endian: _Endian
    view_type: str | None

    @model_validator(mode="after")
    def _unknown_code_says_what_it_needs(self) -> Self:
        if self.view_type is None and not self.needs:
            raise ValueError("a view without view_type must say in 'needs' what is missing")
        return self


class SchemaDtypes(Fact):
    """The dtypes that messages of one schema may have; none listed means every real type."""

    dtypes: list[_DtypeName]
    endian: _Endian | None


class Decoder(Fact):
    """A Python callable `FILE.py:NAME` in the profile's folder: bytes → ArrayMessage."""

    callable: str | None


class OwnCheck(Fact):
    """PZ's own check, `package.module:name` in its checkout; `arguments` are passed in this order.

    It rejects by raising or by returning False.
    """

    function: str | None
    arguments: list[Annotated[str, Field(pattern="^(dtype|endian|shape|payload|summary)$")]]


class RangePolicyFact(Fact):
    value: Annotated[RangePolicy, Field(strict=False)]


class MetadataRules(Fact):
    """The chain of layers (the middle one may repeat or be absent); is dtype required?"""

    first: Text
    middle: Text
    leaf: Text
    dtype_required: bool


class Statistic(StrEnum):
    """What a data summary can tell of an array."""

    DTYPE = "dtype"
    SHAPE = "shape"
    COUNT = "count"
    NAN_COUNT = "nan_count"
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    STD = "std"


class SummaryField(Record):
    """The name under which a summary tells a statistic, and whether it must."""

    name: Text
    required: bool = True


class SummaryRules(Fact):
    """The fields of a data summary; a statistic that is not listed is not told.

    `mean_std_tolerance` is relative: that of the mean to the larger of |mean| and std, that of
    std to std.
    """

    fields: dict[Annotated[Statistic, Field(strict=False)], SummaryField]
    other_fields_allowed: bool
    mean_std_tolerance: _Tolerance


class ArraysFile(Record):
    """Everything of `arrays.yaml`."""

    description: Text
    dtype_by_view: dict[str, ViewDtype]
    schemas: dict[str, SchemaDtypes]
    range_policy: RangePolicyFact
    metadata: MetadataRules
    summary: SummaryRules
    decoders: dict[str, Decoder]
    own_dtype_check: OwnCheck
    own_summary_check: OwnCheck


@dataclass(frozen=True)
class ArraysProfile:
    """A profile's arrays and the folder that holds them."""

    name: str
    folder: Path
    file: ArraysFile

    def view(self, name: str) -> ViewDtype:
        """What is known of a view, such as `multichannel`. Raises NeedsInput when it is nothing."""
        known = self.file.dtype_by_view.get(name)
        if known is None:
            raise NeedsInput(
                f"profile '{self.name}' gives no dtype for view '{name}'. Capture one frame, and "
                f"add the view to dtype_by_view of its {FILE_NAME}."
            )
        return known

    def view_type_of(self, name: str) -> str:
        """The code of a view in `view_type`. Raises NeedsInput while it is not known."""
        known = self.view(name)
        if known.view_type is None:
            raise NeedsInput(f"the view_type of '{name}' is not known. Needed: {known.needs}")
        return known.view_type

    def contract_of_view(self, name: str) -> ArrayContract:
        """The contract of the frames of a view. Raises NeedsInput when the profile has none."""
        known = self.view(name)
        return ArrayContract(f"frames of the {name} view", (known.dtype,), known.endian)

    def contract_of_schema(self, schema: str) -> ArrayContract:
        """The contract called `schema`. Raises ToolError with the known names."""
        known = self.file.schemas.get(schema)
        if known is None:
            names = ", ".join(sorted(self.file.schemas))
            raise ToolError(f"profile '{self.name}' has no schema '{schema}'. Known are: {names}.")
        return ArrayContract(schema, tuple(known.dtypes), known.endian)

    def summary_rules(self) -> SummaryRules:
        """How a data summary is judged. Raises NeedsInput while its fields are a placeholder."""
        rules = self.file.summary
        if rules.status is Status.PLACEHOLDER:
            raise NeedsInput(f"a data summary cannot be judged yet. Needed: {rules.needs}")
        return rules

    def facts(self) -> tuple[Basis, ...]:
        """Every value with its provenance."""
        named: dict[str, Fact] = {
            **{f"dtype of view {view}": fact for view, fact in self.file.dtype_by_view.items()},
            **{f"schema {schema}": fact for schema, fact in self.file.schemas.items()},
            "range of amplitudes": self.file.range_policy,
            "layers of metadata": self.file.metadata,
            "data summary": self.file.summary,
            **{f"bus message {name}": fact for name, fact in self.file.decoders.items()},
            "PZ's own dtype check": self.file.own_dtype_check,
            "PZ's own summary check": self.file.own_summary_check,
        }
        return tuple(fact.basis(what) for what, fact in named.items())

    def shown(self, *topics: str) -> tuple[tuple[str, str], ...]:
        """The facts whose name starts with one of `topics`, for the log."""
        return tuple(
            (fact.what, f"{fact.status.value}: {fact.source}")
            for fact in self.facts()
            if fact.what.startswith(topics)
        )

    def require_for(self, environment: str) -> None:
        """Raise NotAllowed when invented values would judge anything but the sandbox."""
        invented = [fact.what for fact in self.facts() if fact.status is Status.INVENTED]
        if invented and environment != SANDBOX:
            raise NotAllowed(
                f"profile '{self.name}' is invented ({', '.join(invented)}) and may judge the "
                f"sandbox only, not environment '{environment}'. Choose another profile."
            )


def load_arrays_profile(name: str, folder: Path = PROFILES) -> ArraysProfile:
    """The arrays of profile `name`. Raises ToolError with the known names, or file and key."""
    file = folder / name / FILE_NAME
    if not file.is_file():
        known = ", ".join(sorted(each.parent.name for each in folder.glob(f"*/{FILE_NAME}")))
        raise ToolError(f"there is no profile '{name}' with {FILE_NAME}. Known are: {known}.")
    return ArraysProfile(name, folder / name, read_yaml(file, ArraysFile))
