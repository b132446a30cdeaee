using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Headers;

/// <summary>
/// What becomes of who somebody is said to be, on the way from one side to the other: it is believed and told within the trust domain
/// (RFC 3325 §5), and where a message leaves that domain, the privacy that it asks for is given (RFC 3323 §5, RFC 3325 §9.3).
/// </summary>
internal readonly struct IdentityCrossing
{
    /// <summary>What the gateway gives at the edge of the trust domain, and so need not be asked of anybody behind it (RFC 3323 §5).</summary>
    public const PrivacyValues Performed = PrivacyValues.Header | PrivacyValues.User | PrivacyValues.Session | PrivacyValues.History;

    /// <summary>The asserted identity is hidden by any of these: one that asks for the From to be hidden hardly means to be named beside it.</summary>
    private const PrivacyValues HidesIdentity = PrivacyValues.Id | HidesUser;
    private const PrivacyValues HidesUser = PrivacyValues.User | PrivacyValues.Header;
    private const PrivacyValues Unkeepable = PrivacyValues.Critical | PrivacyValues.Unknown;
    private const PrivacyValues HidesHistory = PrivacyValues.Header | PrivacyValues.Session | PrivacyValues.History;

    /// <summary>Of who asks for something outside a call, towards who is asked; a far side that is no peer is not trusted.</summary>
    public static IdentityCrossing Of(bool isBelieved, bool isTold, RouteDecision? decision = null, bool isForced = false) => new()
    {
        IsForced = isForced,
        IsBelieved = isBelieved,
        IsTold = isTold,
        Given = decision?.Privacy,
        Number = decision?.Caller,
        IsNumberProven = decision is { IsCallerProven: true },
        Name = decision?.CallerName,
    };

    /// <summary>The sender is in the trust domain: what it asserts is believed.</summary>
    public bool IsBelieved { get; init; }

    /// <summary>The receiver is in the trust domain: it is told everything, and gives the privacy that is asked for.</summary>
    public bool IsTold { get; init; }

    /// <summary>The privacy that the dialplan gives, in place of what the message asks for; null without.</summary>
    public PrivacyValues? Given { get; init; }

    /// <summary>What the request that began the dialog asked for: it holds for messages that do not say.</summary>
    public PrivacyValues Remembered { get; init; }

    /// <summary>The caller's number that the dialplan set; null leaves it.</summary>
    public string? Number { get; init; }

    /// <summary>The number is that of a user who has proven to be himself.</summary>
    public bool IsNumberProven { get; init; }

    /// <summary>The caller's display name that the dialplan set; null leaves it.</summary>
    public string? Name { get; init; }

    /// <summary>The sender is a user who may show nobody but himself: what else names a caller stays behind.</summary>
    public bool IsForced { get; init; }

    /// <summary>What the message asks for.</summary>
    public PrivacyValues Asked(SipMessage message)
    {
        var values = Given ?? (message.Has(HeaderId.Privacy) ? Privacy.Of(message) : Remembered);
        if ((values & PrivacyValues.None) != 0)
        {
            return PrivacyValues.None;
        }

        return IsBelieved && RemoteParty.IsPrivate(message) ? values | PrivacyValues.Id : values;
    }

    /// <summary>What is concealed of the message, since it leaves the trust domain.</summary>
    public PrivacyValues Conceals(SipMessage message) => IsTold ? PrivacyValues.Unspecified : Asked(message) & ~PrivacyValues.None;

    /// <summary>
    /// Whether a session description keeps its words to itself. RFC 3323 §5.3 has a privacy service take out what is informational and not
    /// needed; in a description that is what names the session, its author and how he is reached.
    /// </summary>
    /// <param name="message">Its message; null for one that the gateway makes of what it has.</param>
    public bool ConcealsSession(SipMessage? message)
    {
        var values = message is not null ? Conceals(message) : IsTold ? PrivacyValues.Unspecified : Given ?? Remembered;
        return (values & PrivacyValues.None) == 0 && (values & (HidesUser | PrivacyValues.Session)) != 0;
    }

    /// <summary>RFC 3323 §4.2, critical: the request may not go on without what it asks for.</summary>
    public bool MayCross(SipMessage message) => (Conceals(message) & Unkeepable) != Unkeepable;

    /// <summary>From names nobody: of its own accord, or since it has to be concealed.</summary>
    public bool IsAnonymous(SipMessage message) => IsAnonymous(Conceals(message)) || (Given != PrivacyValues.None && IsAnonymousAddress(message.First(HeaderId.From)));

    /// <summary>From is to be concealed.</summary>
    public static bool IsAnonymous(PrivacyValues concealed) => (concealed & HidesUser) != 0;

    /// <summary>Whether a history entry is to be concealed (RFC 7044 §10.1.2).</summary>
    public static bool IsHistoryPrivate(PrivacyValues values) => (values & HidesHistory) != 0;

    /// <summary>Whether a field stays behind.</summary>
    /// <param name="id">Which.</param>
    /// <param name="concealed">What <see cref="Conceals"/> said of the message.</param>
    public bool Withholds(HeaderId id, PrivacyValues concealed) => id switch
    {
        HeaderId.AssertedIdentity or HeaderId.PreferredIdentity or HeaderId.RemotePartyId => !IsBelieved || (concealed & HidesIdentity) != 0,
        HeaderId.Diversion => !IsBelieved || IsHistoryPrivate(concealed),
        HeaderId.HistoryInfo => !IsBelieved,
        HeaderId.ReferredBy => IsForced,
        HeaderId.ReplyTo when IsForced => true,
        HeaderId.Privacy => Given is not null || (concealed & Performed) != 0,
        HeaderId.CallInfo or HeaderId.ReplyTo or HeaderId.UserAgent or HeaderId.Server => IsAnonymous(concealed),
        _ => false,
    };

    /// <summary>What tells of a user, of the fields that the gateway does not understand (RFC 3323 §5.3); Identity holds the number signed (RFC 8225).</summary>
    public static bool TellsUser(ReadOnlySpan<byte> name) =>
        IsNamed(name, "Subject"u8) || IsNamed(name, "Organization"u8) || IsNamed(name, "Identity"u8) || IsNamed(name, "Identity-Info"u8);

    /// <summary>
    /// Whether a field that the gateway does not understand stays behind: what only the trust domain may say of a caller and of who pays for
    /// him (RFC 8496 §4, RFC 5502 §7, RFC 7315 §4.5 and §4.6, RFC 6050 §4.1, 3GPP TS 24.229), and, of a user who may show nobody but himself,
    /// signatures of another's number (RFC 8224): From is not what they cover.
    /// </summary>
    public bool WithholdsOther(ReadOnlySpan<byte> name)
    {
        if (IsBelieved)
        {
            return false;
        }

        return name.Length switch
        {
            > 2 when (name[0] | 0x20) == 'p' && name[1] == '-' => IsNamed(name, "P-Charge-Info"u8) || IsNamed(name, "P-Served-User"u8) || IsNamed(name, "P-Charging-Vector"u8) ||
                IsNamed(name, "P-Charging-Function-Addresses"u8) || IsNamed(name, "P-Asserted-Service"u8) || IsNamed(name, "P-User-Database"u8) || IsNamed(name, "P-Profile-Key"u8),
            16 => IsNamed(name, "Attestation-Info"u8),
            8 or 13 => IsForced && (IsNamed(name, "Identity"u8) || IsNamed(name, "Identity-Info"u8)),
            14 => IsNamed(name, "Origination-Id"u8),
            _ => false,
        };
    }

    /// <summary>A display name that is, or holds, a telephone number: phones show it as the caller's. Whoever may show nobody but himself has none.</summary>
    public static bool IsNumber(ReadOnlySpan<byte> displayName)
    {
        var digits = 0;
        foreach (var octet in displayName)
        {
            digits += octet is >= (byte)'0' and <= (byte)'9' ? 1 : 0;
        }

        return digits >= LeastDigits;
    }

    /// <summary>"Room 101" is no number, 110 hardly a name.</summary>
    private const int LeastDigits = 5;

    private static bool IsNamed(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => System.Text.Ascii.EqualsIgnoreCase(name, known);

    /// <summary>"anonymous" at any host, or anybody at "anonymous.invalid" and its kin (RFC 3323 §4.1.1.3).</summary>
    private static bool IsAnonymousAddress(ReadOnlySpan<byte> value) =>
        NameAddress.TryParse(value, out var address) && SipUri.TryParse(address.Uri, out var uri) && uri.IsSip && (UriWriter.IsInvalid(uri.Host) || IsNamed(uri.User, "anonymous"u8));
}
