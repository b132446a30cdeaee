using System.Text.Json;

namespace SipAlg.Calls.Verdicts;

/// <summary>What can be said of a call; docs/why.md has a row for each, with what to do. The words of the API are <see cref="VerdictCodes.Text"/>'s.</summary>
public enum VerdictCode : byte
{
    // It goes on, or went as it should.
    InProgress,
    Completed,
    Transferred,
    Replaced,

    // It was not let in.
    UnknownSource,
    WrongPassword,
    NoSuchUser,
    TooManyGuesses,
    OtherRequest,
    UnusableCredentials,
    Draining,
    Overloaded,
    CallerLimit,
    AccountLimit,
    TooManyHops,
    CameTwice,
    UnsupportedExtension,
    UnsupportedBody,
    SessionTooShort,
    UnsupportedScheme,
    NoPeerCertificate,
    Malformed,
    Refused,

    // It led nowhere.
    NoRoute,
    RejectedByRoute,
    TargetLimit,
    NoMediaPorts,
    BadOffer,
    CodecsForbidden,
    NoSrtp,
    PrivacyUnavailable,
    MessageTooLarge,
    NoUsableAddress,
    NoSecureTarget,
    CalledUserUnknown,
    NotRegistered,
    NothingToReplace,
    RedirectUnroutable,
    RedirectLoop,

    // A target did not take it.
    NoResponse,
    LargeRequestLost,
    TargetUnreachable,
    TlsRefused,
    NoTls,
    CertificateNameMismatch,
    CertificateExpired,
    CertificateUntrusted,
    CertificateUnsuitable,
    CalleeBusy,
    CalleeDeclined,
    NumberNotFound,
    CalleeUnavailable,
    TargetWantsCredentials,
    TargetForbids,
    NoCommonCodec,
    TargetLoop,
    TargetFailed,
    TargetRefused,
    NoAnswer,
    CallerGaveUp,
    CallerGaveUpUnheard,

    // It broke.
    NoSdpAnswer,
    PrackMissing,
    AckMissing,
    AckToPrivateAddress,
    RouterAlg,
    DialogLost,
    SessionExpired,
    MaxDuration,
    NoMedia,
    MediaStopped,
    HoldTimeout,
    TransferFailed,
    GatewayStopped,
    DrainDeadline,
    HungUpByOperator,
    Fault,

    // It was answered, and something was wrong with what was heard.
    OneWayMedia,
    KeysDoNotMatch,
    MediaRefused,
    MediaLoop,
    PayloadMismatch,
    ClockRateMismatch,
    PoorAudio,

    // A phone is not registered; some of the others are said of REGISTERs too.
    NoRegistrar,
    OtherUser,
    TooManyContacts,
    BadRegistration,
    RegistrarRefused,
    RegistrarDown,
    RegistrationsFull,
}

public static class VerdictCodes
{
    private static readonly string[] Words = [.. Enum.GetNames<VerdictCode>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All => Words;

    /// <summary>In the words of API and call records: snake_case, stable.</summary>
    public static string Text(VerdictCode code) => Words[(int)code];

    /// <summary>Nothing is wrong.</summary>
    public static bool IsWell(VerdictCode code) => code <= VerdictCode.Replaced;
}
