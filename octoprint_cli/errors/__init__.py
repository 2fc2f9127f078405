"""Every error that this program can end with: its code, exit code, hint and advice in one class.

All errors are imported here from the modules of this package. Below, the classes derived from a class are indented under it.
Each has the exit code of its base class, except for the last two.

    CliError                      exit 4
        OfflineError              exit 1
            ConnectionFailed      CONNECTION_ERROR
            TimedOut              TIMEOUT
            TlsError              TLS_ERROR
            ServerStarting        SERVER_STARTING
            PrinterOffline        PRINTER_OFFLINE
                PrinterHalted     PRINTER_HALTED
            PrinterError          PRINTER_ERROR
        FileError                 exit 2
            FileNotFound          FILE_NOT_FOUND
            FileUnreadable        FILE_UNREADABLE
            FileUnwritable        FILE_UNWRITABLE
            FileInvalid           FILE_INVALID
            FileIncomplete        FILE_INCOMPLETE
            FileDamaged           FILE_DAMAGED
            OutsideVolume         OUTSIDE_VOLUME
            WrongPrinter          WRONG_PRINTER
            FileChanged           FILE_CHANGED
            FileExists            FILE_EXISTS
            FileTooLarge          FILE_TOO_LARGE
            NoSpace               NO_SPACE
            UploadCorrupt         UPLOAD_CORRUPT
        BusyError                 exit 3
            PrinterBusy           PRINTER_BUSY
            StillCancelling       STILL_CANCELLING
            FileInUse             FILE_IN_USE
        AuthError                 AUTH_ERROR
        PermissionDenied          PERMISSION_DENIED
        ServerError               SERVER_ERROR
        UnexpectedResponse        UNEXPECTED_RESPONSE
        OutcomeUnknown            OUTCOME_UNKNOWN
        NotFound                  NOT_FOUND
        ServerWarning             SERVER_WARNING
        PushUnavailable           PUSH_UNAVAILABLE
        NoActiveJob               NO_ACTIVE_JOB
        NotStarted                NOT_STARTED
        StateNotReached           STATE_NOT_REACHED
        WaitTimeout               WAIT_TIMEOUT
        JobFailed                 JOB_FAILED
        JobCancelled              JOB_CANCELLED
        JobLost                   JOB_LOST
        JobPaused                 JOB_PAUSED
        NoReply                   NO_REPLY
        FirmwareRefused           FIRMWARE_REFUSED
        PreflightFailed           PREFLIGHT_FAILED
        UsageError                USAGE_ERROR
        ConfigError               CONFIG_ERROR
        ConfigExists              CONFIG_EXISTS
        ConfirmationRequired      CONFIRMATION_REQUIRED
        LimitExceeded             LIMIT_EXCEEDED
        InvalidValue              INVALID_VALUE
        OutputError               OUTPUT_ERROR
        PluginError               PLUGIN_ERROR
        PluginRules               PLUGIN_RULES
        InternalError             INTERNAL_ERROR
        Interrupted               INTERRUPTED, exit 130
        Stopped                   TERMINATED, exit 143
"""

from octoprint_cli.errors.base import (
    CODES,
    PRECEDENCE,
    BusyError,
    CliError,
    Exit,
    FileError,
    OfflineError,
    Terminated,
)
from octoprint_cli.errors.files import (
    FileChanged,
    FileDamaged,
    FileExists,
    FileIncomplete,
    FileInUse,
    FileInvalid,
    FileNotFound,
    FileTooLarge,
    FileUnreadable,
    FileUnwritable,
    NoSpace,
    OutsideVolume,
    UploadCorrupt,
    WrongPrinter,
)
from octoprint_cli.errors.printer import (
    FirmwareRefused,
    JobCancelled,
    JobFailed,
    JobLost,
    JobPaused,
    NoActiveJob,
    NoReply,
    NotStarted,
    PreflightFailed,
    PrinterBusy,
    PrinterError,
    PrinterHalted,
    PrinterOffline,
    StateNotReached,
    StillCancelling,
    WaitTimeout,
)
from octoprint_cli.errors.program import (
    InternalError,
    Interrupted,
    OutputError,
    PluginError,
    PluginRules,
    Stopped,
)
from octoprint_cli.errors.server import (
    AuthError,
    ConnectionFailed,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    PushUnavailable,
    ServerError,
    ServerStarting,
    ServerWarning,
    TimedOut,
    TlsError,
    UnexpectedResponse,
)
from octoprint_cli.errors.usage import (
    ConfigError,
    ConfigExists,
    ConfirmationRequired,
    InvalidValue,
    LimitExceeded,
    UsageError,
)

#: The codes of this program, without those that plugins define.
OWN_CODES = tuple(CODES)

__all__ = [
    "CODES",
    "OWN_CODES",
    "PRECEDENCE",
    "AuthError",
    "BusyError",
    "CliError",
    "ConfigError",
    "ConfigExists",
    "ConfirmationRequired",
    "ConnectionFailed",
    "Exit",
    "FileChanged",
    "FileDamaged",
    "FileError",
    "FileExists",
    "FileInUse",
    "FileIncomplete",
    "FileInvalid",
    "FileNotFound",
    "FileTooLarge",
    "FileUnreadable",
    "FileUnwritable",
    "FirmwareRefused",
    "InternalError",
    "Interrupted",
    "InvalidValue",
    "JobCancelled",
    "JobFailed",
    "JobLost",
    "JobPaused",
    "LimitExceeded",
    "NoActiveJob",
    "NoReply",
    "NoSpace",
    "NotFound",
    "NotStarted",
    "OfflineError",
    "OutcomeUnknown",
    "OutputError",
    "OutsideVolume",
    "PermissionDenied",
    "PluginError",
    "PluginRules",
    "PreflightFailed",
    "PrinterBusy",
    "PrinterError",
    "PrinterHalted",
    "PrinterOffline",
    "PushUnavailable",
    "ServerError",
    "ServerStarting",
    "ServerWarning",
    "StateNotReached",
    "StillCancelling",
    "Stopped",
    "Terminated",
    "TimedOut",
    "TlsError",
    "UnexpectedResponse",
    "UploadCorrupt",
    "UsageError",
    "WaitTimeout",
    "WrongPrinter",
]
