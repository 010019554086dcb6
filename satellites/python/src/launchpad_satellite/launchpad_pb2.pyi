from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Role(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ROLE_UNSPECIFIED: _ClassVar[Role]
    ROLE_ENGINE: _ClassVar[Role]
    ROLE_SATELLITE: _ClassVar[Role]
    ROLE_LAUNCHPAD: _ClassVar[Role]

class AuthMethod(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUTH_METHOD_UNSPECIFIED: _ClassVar[AuthMethod]
    AUTH_METHOD_NONE: _ClassVar[AuthMethod]
    AUTH_METHOD_SHARED_SECRET: _ClassVar[AuthMethod]

class OutputChannel(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTPUT_CHANNEL_UNSPECIFIED: _ClassVar[OutputChannel]
    OUTPUT_CHANNEL_STDOUT: _ClassVar[OutputChannel]
    OUTPUT_CHANNEL_STDERR: _ClassVar[OutputChannel]

class OutputSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    OUTPUT_SOURCE_UNSPECIFIED: _ClassVar[OutputSource]
    OUTPUT_SOURCE_INTERPRETER: _ClassVar[OutputSource]
    OUTPUT_SOURCE_RAW: _ClassVar[OutputSource]

class ErrorCategory(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ERROR_CATEGORY_UNSPECIFIED: _ClassVar[ErrorCategory]
    ERROR_CATEGORY_USER: _ClassVar[ErrorCategory]
    ERROR_CATEGORY_RESOURCE: _ClassVar[ErrorCategory]
    ERROR_CATEGORY_INTERNAL: _ClassVar[ErrorCategory]
ROLE_UNSPECIFIED: Role
ROLE_ENGINE: Role
ROLE_SATELLITE: Role
ROLE_LAUNCHPAD: Role
AUTH_METHOD_UNSPECIFIED: AuthMethod
AUTH_METHOD_NONE: AuthMethod
AUTH_METHOD_SHARED_SECRET: AuthMethod
OUTPUT_CHANNEL_UNSPECIFIED: OutputChannel
OUTPUT_CHANNEL_STDOUT: OutputChannel
OUTPUT_CHANNEL_STDERR: OutputChannel
OUTPUT_SOURCE_UNSPECIFIED: OutputSource
OUTPUT_SOURCE_INTERPRETER: OutputSource
OUTPUT_SOURCE_RAW: OutputSource
ERROR_CATEGORY_UNSPECIFIED: ErrorCategory
ERROR_CATEGORY_USER: ErrorCategory
ERROR_CATEGORY_RESOURCE: ErrorCategory
ERROR_CATEGORY_INTERNAL: ErrorCategory

class Hello(_message.Message):
    __slots__ = ("version_min", "version_max", "role", "software", "capabilities", "initial_credit", "nonce", "languages", "runtime", "tzdata")
    VERSION_MIN_FIELD_NUMBER: _ClassVar[int]
    VERSION_MAX_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SOFTWARE_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    INITIAL_CREDIT_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    RUNTIME_FIELD_NUMBER: _ClassVar[int]
    TZDATA_FIELD_NUMBER: _ClassVar[int]
    version_min: int
    version_max: int
    role: Role
    software: str
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    initial_credit: int
    nonce: bytes
    languages: _containers.RepeatedScalarFieldContainer[str]
    runtime: str
    tzdata: str
    def __init__(self, version_min: _Optional[int] = ..., version_max: _Optional[int] = ..., role: _Optional[_Union[Role, str]] = ..., software: _Optional[str] = ..., capabilities: _Optional[_Iterable[str]] = ..., initial_credit: _Optional[int] = ..., nonce: _Optional[bytes] = ..., languages: _Optional[_Iterable[str]] = ..., runtime: _Optional[str] = ..., tzdata: _Optional[str] = ...) -> None: ...

class Welcome(_message.Message):
    __slots__ = ("version", "role", "software", "capabilities", "initial_credit", "nonce", "auth", "launchpad_id", "tzdata")
    VERSION_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    SOFTWARE_FIELD_NUMBER: _ClassVar[int]
    CAPABILITIES_FIELD_NUMBER: _ClassVar[int]
    INITIAL_CREDIT_FIELD_NUMBER: _ClassVar[int]
    NONCE_FIELD_NUMBER: _ClassVar[int]
    AUTH_FIELD_NUMBER: _ClassVar[int]
    LAUNCHPAD_ID_FIELD_NUMBER: _ClassVar[int]
    TZDATA_FIELD_NUMBER: _ClassVar[int]
    version: int
    role: Role
    software: str
    capabilities: _containers.RepeatedScalarFieldContainer[str]
    initial_credit: int
    nonce: bytes
    auth: AuthMethod
    launchpad_id: str
    tzdata: str
    def __init__(self, version: _Optional[int] = ..., role: _Optional[_Union[Role, str]] = ..., software: _Optional[str] = ..., capabilities: _Optional[_Iterable[str]] = ..., initial_credit: _Optional[int] = ..., nonce: _Optional[bytes] = ..., auth: _Optional[_Union[AuthMethod, str]] = ..., launchpad_id: _Optional[str] = ..., tzdata: _Optional[str] = ...) -> None: ...

class Authenticate(_message.Message):
    __slots__ = ("engine_id", "proof")
    ENGINE_ID_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    engine_id: str
    proof: bytes
    def __init__(self, engine_id: _Optional[str] = ..., proof: _Optional[bytes] = ...) -> None: ...

class Authenticated(_message.Message):
    __slots__ = ("engine_id", "proof", "languages", "runtimes")
    ENGINE_ID_FIELD_NUMBER: _ClassVar[int]
    PROOF_FIELD_NUMBER: _ClassVar[int]
    LANGUAGES_FIELD_NUMBER: _ClassVar[int]
    RUNTIMES_FIELD_NUMBER: _ClassVar[int]
    engine_id: str
    proof: bytes
    languages: _containers.RepeatedScalarFieldContainer[str]
    runtimes: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, engine_id: _Optional[str] = ..., proof: _Optional[bytes] = ..., languages: _Optional[_Iterable[str]] = ..., runtimes: _Optional[_Iterable[str]] = ...) -> None: ...

class Refused(_message.Message):
    __slots__ = ("error",)
    ERROR_FIELD_NUMBER: _ClassVar[int]
    error: Error
    def __init__(self, error: _Optional[_Union[Error, _Mapping]] = ...) -> None: ...

class Content(_message.Message):
    __slots__ = ("inline", "stream")
    INLINE_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    inline: bytes
    stream: int
    def __init__(self, inline: _Optional[bytes] = ..., stream: _Optional[int] = ...) -> None: ...

class NamedInput(_message.Message):
    __slots__ = ("name", "stream")
    NAME_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    name: str
    stream: int
    def __init__(self, name: _Optional[str] = ..., stream: _Optional[int] = ...) -> None: ...

class NamedOutput(_message.Message):
    __slots__ = ("name", "stream", "schema")
    NAME_FIELD_NUMBER: _ClassVar[int]
    STREAM_FIELD_NUMBER: _ClassVar[int]
    SCHEMA_FIELD_NUMBER: _ClassVar[int]
    name: str
    stream: int
    schema: Content
    def __init__(self, name: _Optional[str] = ..., stream: _Optional[int] = ..., schema: _Optional[_Union[Content, _Mapping]] = ...) -> None: ...

class RequestLimits(_message.Message):
    __slots__ = ("memory_bytes", "cpu_us", "output_rows", "output_bytes", "print_bytes", "value_bytes")
    MEMORY_BYTES_FIELD_NUMBER: _ClassVar[int]
    CPU_US_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_ROWS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_BYTES_FIELD_NUMBER: _ClassVar[int]
    PRINT_BYTES_FIELD_NUMBER: _ClassVar[int]
    VALUE_BYTES_FIELD_NUMBER: _ClassVar[int]
    memory_bytes: int
    cpu_us: int
    output_rows: int
    output_bytes: int
    print_bytes: int
    value_bytes: int
    def __init__(self, memory_bytes: _Optional[int] = ..., cpu_us: _Optional[int] = ..., output_rows: _Optional[int] = ..., output_bytes: _Optional[int] = ..., print_bytes: _Optional[int] = ..., value_bytes: _Optional[int] = ...) -> None: ...

class Execute(_message.Message):
    __slots__ = ("request_id", "task", "tasks", "principal", "language", "runtime", "resource_pool", "script", "inputs", "input_name", "outputs", "parameters", "output_parameters_stream", "rows_per_read", "partition_columns", "deadline_ms", "grace_ms", "time_zone", "labels", "traceparent", "limits", "report_exit", "input_format", "type_mapping", "engine_id", "session_id")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    TASK_FIELD_NUMBER: _ClassVar[int]
    TASKS_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    LANGUAGE_FIELD_NUMBER: _ClassVar[int]
    RUNTIME_FIELD_NUMBER: _ClassVar[int]
    RESOURCE_POOL_FIELD_NUMBER: _ClassVar[int]
    SCRIPT_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    INPUT_NAME_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_PARAMETERS_STREAM_FIELD_NUMBER: _ClassVar[int]
    ROWS_PER_READ_FIELD_NUMBER: _ClassVar[int]
    PARTITION_COLUMNS_FIELD_NUMBER: _ClassVar[int]
    DEADLINE_MS_FIELD_NUMBER: _ClassVar[int]
    GRACE_MS_FIELD_NUMBER: _ClassVar[int]
    TIME_ZONE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    TRACEPARENT_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    REPORT_EXIT_FIELD_NUMBER: _ClassVar[int]
    INPUT_FORMAT_FIELD_NUMBER: _ClassVar[int]
    TYPE_MAPPING_FIELD_NUMBER: _ClassVar[int]
    ENGINE_ID_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    task: int
    tasks: int
    principal: str
    language: str
    runtime: str
    resource_pool: str
    script: Content
    inputs: _containers.RepeatedCompositeFieldContainer[NamedInput]
    input_name: str
    outputs: _containers.RepeatedCompositeFieldContainer[NamedOutput]
    parameters: Content
    output_parameters_stream: int
    rows_per_read: int
    partition_columns: _containers.RepeatedScalarFieldContainer[str]
    deadline_ms: int
    grace_ms: int
    time_zone: str
    labels: _containers.ScalarMap[str, str]
    traceparent: str
    limits: RequestLimits
    report_exit: bool
    input_format: str
    type_mapping: str
    engine_id: str
    session_id: str
    def __init__(self, request_id: _Optional[str] = ..., task: _Optional[int] = ..., tasks: _Optional[int] = ..., principal: _Optional[str] = ..., language: _Optional[str] = ..., runtime: _Optional[str] = ..., resource_pool: _Optional[str] = ..., script: _Optional[_Union[Content, _Mapping]] = ..., inputs: _Optional[_Iterable[_Union[NamedInput, _Mapping]]] = ..., input_name: _Optional[str] = ..., outputs: _Optional[_Iterable[_Union[NamedOutput, _Mapping]]] = ..., parameters: _Optional[_Union[Content, _Mapping]] = ..., output_parameters_stream: _Optional[int] = ..., rows_per_read: _Optional[int] = ..., partition_columns: _Optional[_Iterable[str]] = ..., deadline_ms: _Optional[int] = ..., grace_ms: _Optional[int] = ..., time_zone: _Optional[str] = ..., labels: _Optional[_Mapping[str, str]] = ..., traceparent: _Optional[str] = ..., limits: _Optional[_Union[RequestLimits, _Mapping]] = ..., report_exit: _Optional[bool] = ..., input_format: _Optional[str] = ..., type_mapping: _Optional[str] = ..., engine_id: _Optional[str] = ..., session_id: _Optional[str] = ...) -> None: ...

class Queued(_message.Message):
    __slots__ = ("position", "waiting")
    POSITION_FIELD_NUMBER: _ClassVar[int]
    WAITING_FIELD_NUMBER: _ClassVar[int]
    position: int
    waiting: int
    def __init__(self, position: _Optional[int] = ..., waiting: _Optional[int] = ...) -> None: ...

class Started(_message.Message):
    __slots__ = ("session_id", "account", "runtime", "queue_us", "lease_us", "parked")
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    ACCOUNT_FIELD_NUMBER: _ClassVar[int]
    RUNTIME_FIELD_NUMBER: _ClassVar[int]
    QUEUE_US_FIELD_NUMBER: _ClassVar[int]
    LEASE_US_FIELD_NUMBER: _ClassVar[int]
    PARKED_FIELD_NUMBER: _ClassVar[int]
    session_id: str
    account: str
    runtime: str
    queue_us: int
    lease_us: int
    parked: bool
    def __init__(self, session_id: _Optional[str] = ..., account: _Optional[str] = ..., runtime: _Optional[str] = ..., queue_us: _Optional[int] = ..., lease_us: _Optional[int] = ..., parked: _Optional[bool] = ...) -> None: ...

class StreamTotal(_message.Message):
    __slots__ = ("stream", "frames", "rows", "bytes")
    STREAM_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    stream: int
    frames: int
    rows: int
    bytes: int
    def __init__(self, stream: _Optional[int] = ..., frames: _Optional[int] = ..., rows: _Optional[int] = ..., bytes: _Optional[int] = ...) -> None: ...

class Times(_message.Message):
    __slots__ = ("queue_us", "lease_us", "start_us", "run_us", "drain_us")
    QUEUE_US_FIELD_NUMBER: _ClassVar[int]
    LEASE_US_FIELD_NUMBER: _ClassVar[int]
    START_US_FIELD_NUMBER: _ClassVar[int]
    RUN_US_FIELD_NUMBER: _ClassVar[int]
    DRAIN_US_FIELD_NUMBER: _ClassVar[int]
    queue_us: int
    lease_us: int
    start_us: int
    run_us: int
    drain_us: int
    def __init__(self, queue_us: _Optional[int] = ..., lease_us: _Optional[int] = ..., start_us: _Optional[int] = ..., run_us: _Optional[int] = ..., drain_us: _Optional[int] = ...) -> None: ...

class Usage(_message.Message):
    __slots__ = ("cpu_user_us", "cpu_system_us", "memory_peak_bytes", "page_faults_minor", "page_faults_major")
    CPU_USER_US_FIELD_NUMBER: _ClassVar[int]
    CPU_SYSTEM_US_FIELD_NUMBER: _ClassVar[int]
    MEMORY_PEAK_BYTES_FIELD_NUMBER: _ClassVar[int]
    PAGE_FAULTS_MINOR_FIELD_NUMBER: _ClassVar[int]
    PAGE_FAULTS_MAJOR_FIELD_NUMBER: _ClassVar[int]
    cpu_user_us: int
    cpu_system_us: int
    memory_peak_bytes: int
    page_faults_minor: int
    page_faults_major: int
    def __init__(self, cpu_user_us: _Optional[int] = ..., cpu_system_us: _Optional[int] = ..., memory_peak_bytes: _Optional[int] = ..., page_faults_minor: _Optional[int] = ..., page_faults_major: _Optional[int] = ...) -> None: ...

class Completed(_message.Message):
    __slots__ = ("outputs", "times", "usage", "advisory", "runs")
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    ADVISORY_FIELD_NUMBER: _ClassVar[int]
    RUNS_FIELD_NUMBER: _ClassVar[int]
    outputs: _containers.RepeatedCompositeFieldContainer[StreamTotal]
    times: Times
    usage: Usage
    advisory: Usage
    runs: int
    def __init__(self, outputs: _Optional[_Iterable[_Union[StreamTotal, _Mapping]]] = ..., times: _Optional[_Union[Times, _Mapping]] = ..., usage: _Optional[_Union[Usage, _Mapping]] = ..., advisory: _Optional[_Union[Usage, _Mapping]] = ..., runs: _Optional[int] = ...) -> None: ...

class Failed(_message.Message):
    __slots__ = ("error", "times", "usage")
    ERROR_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    error: Error
    times: Times
    usage: Usage
    def __init__(self, error: _Optional[_Union[Error, _Mapping]] = ..., times: _Optional[_Union[Times, _Mapping]] = ..., usage: _Optional[_Union[Usage, _Mapping]] = ...) -> None: ...

class Cancelled(_message.Message):
    __slots__ = ("reason", "forced", "times")
    REASON_FIELD_NUMBER: _ClassVar[int]
    FORCED_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    reason: str
    forced: bool
    times: Times
    def __init__(self, reason: _Optional[str] = ..., forced: _Optional[bool] = ..., times: _Optional[_Union[Times, _Mapping]] = ...) -> None: ...

class Exited(_message.Message):
    __slots__ = ("status", "signal", "usage")
    STATUS_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    status: int
    signal: int
    usage: Usage
    def __init__(self, status: _Optional[int] = ..., signal: _Optional[int] = ..., usage: _Optional[_Union[Usage, _Mapping]] = ...) -> None: ...

class Cancel(_message.Message):
    __slots__ = ("reason",)
    REASON_FIELD_NUMBER: _ClassVar[int]
    reason: str
    def __init__(self, reason: _Optional[str] = ...) -> None: ...

class Credit(_message.Message):
    __slots__ = ("stream", "bytes", "discard")
    STREAM_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    DISCARD_FIELD_NUMBER: _ClassVar[int]
    stream: int
    bytes: int
    discard: bool
    def __init__(self, stream: _Optional[int] = ..., bytes: _Optional[int] = ..., discard: _Optional[bool] = ...) -> None: ...

class Output(_message.Message):
    __slots__ = ("number", "channel", "source", "text", "dropped_bytes")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    CHANNEL_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    DROPPED_BYTES_FIELD_NUMBER: _ClassVar[int]
    number: int
    channel: OutputChannel
    source: OutputSource
    text: str
    dropped_bytes: int
    def __init__(self, number: _Optional[int] = ..., channel: _Optional[_Union[OutputChannel, str]] = ..., source: _Optional[_Union[OutputSource, str]] = ..., text: _Optional[str] = ..., dropped_bytes: _Optional[int] = ...) -> None: ...

class TraceFrame(_message.Message):
    __slots__ = ("file", "line", "function", "source")
    FILE_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    FUNCTION_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    file: str
    line: int
    function: str
    source: str
    def __init__(self, file: _Optional[str] = ..., line: _Optional[int] = ..., function: _Optional[str] = ..., source: _Optional[str] = ...) -> None: ...

class Trace(_message.Message):
    __slots__ = ("exception_class", "message", "frames", "cause", "cause_is_context")
    EXCEPTION_CLASS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    CAUSE_FIELD_NUMBER: _ClassVar[int]
    CAUSE_IS_CONTEXT_FIELD_NUMBER: _ClassVar[int]
    exception_class: str
    message: str
    frames: _containers.RepeatedCompositeFieldContainer[TraceFrame]
    cause: Trace
    cause_is_context: bool
    def __init__(self, exception_class: _Optional[str] = ..., message: _Optional[str] = ..., frames: _Optional[_Iterable[_Union[TraceFrame, _Mapping]]] = ..., cause: _Optional[_Union[Trace, _Mapping]] = ..., cause_is_context: _Optional[bool] = ...) -> None: ...

class LimitHit(_message.Message):
    __slots__ = ("name", "value", "configuration_key", "usage")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    CONFIGURATION_KEY_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    name: str
    value: int
    configuration_key: str
    usage: int
    def __init__(self, name: _Optional[str] = ..., value: _Optional[int] = ..., configuration_key: _Optional[str] = ..., usage: _Optional[int] = ...) -> None: ...

class Error(_message.Message):
    __slots__ = ("number", "code", "category", "message", "retry_safe", "exception_class", "trace", "traceback_text", "exit_status", "signal", "limit", "stdout_tail", "stderr_tail", "column", "row")
    NUMBER_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    CATEGORY_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RETRY_SAFE_FIELD_NUMBER: _ClassVar[int]
    EXCEPTION_CLASS_FIELD_NUMBER: _ClassVar[int]
    TRACE_FIELD_NUMBER: _ClassVar[int]
    TRACEBACK_TEXT_FIELD_NUMBER: _ClassVar[int]
    EXIT_STATUS_FIELD_NUMBER: _ClassVar[int]
    SIGNAL_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    STDOUT_TAIL_FIELD_NUMBER: _ClassVar[int]
    STDERR_TAIL_FIELD_NUMBER: _ClassVar[int]
    COLUMN_FIELD_NUMBER: _ClassVar[int]
    ROW_FIELD_NUMBER: _ClassVar[int]
    number: int
    code: str
    category: ErrorCategory
    message: str
    retry_safe: bool
    exception_class: str
    trace: Trace
    traceback_text: str
    exit_status: int
    signal: int
    limit: LimitHit
    stdout_tail: bytes
    stderr_tail: bytes
    column: str
    row: int
    def __init__(self, number: _Optional[int] = ..., code: _Optional[str] = ..., category: _Optional[_Union[ErrorCategory, str]] = ..., message: _Optional[str] = ..., retry_safe: _Optional[bool] = ..., exception_class: _Optional[str] = ..., trace: _Optional[_Union[Trace, _Mapping]] = ..., traceback_text: _Optional[str] = ..., exit_status: _Optional[int] = ..., signal: _Optional[int] = ..., limit: _Optional[_Union[LimitHit, _Mapping]] = ..., stdout_tail: _Optional[bytes] = ..., stderr_tail: _Optional[bytes] = ..., column: _Optional[str] = ..., row: _Optional[int] = ...) -> None: ...
