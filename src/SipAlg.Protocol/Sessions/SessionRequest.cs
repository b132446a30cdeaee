using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Sessions;

/// <summary>What an INVITE or UPDATE says of the session's time (RFC 4028 §9).</summary>
/// <param name="Asked">Its Session-Expires; 0 seconds without one, or with one below what is allowed that nobody can be told of.</param>
/// <param name="Least">Its Min-SE, in seconds; 0 without one.</param>
/// <param name="IsSupported">Its sender can do session timers: Supported, or Require.</param>
public readonly record struct SessionRequest(SessionExpires Asked, uint Least, bool IsSupported)
{
    public static SessionRequest Of(SipMessage request)
    {
        if (SessionExpires.TryParse(request.First(HeaderId.SessionExpires), out var asked) && asked.Seconds == 0)
        {
            // As good as the shortest: 0 stands for none here.
            asked = asked with { Seconds = 1 };
        }

        var isSupported = request.Lists(HeaderId.Supported, "timer"u8) || request.Lists(HeaderId.Require, "timer"u8);
        return new SessionRequest(asked, SessionExpires.ParseLeast(request.First(HeaderId.MinSe)), isSupported);
    }

    /// <summary>It is to be answered 422 with our Min-SE: only who can do session timers understands that (RFC 4028 §9).</summary>
    public bool IsTooShort => IsSupported && Asked.Seconds is > 0 and < SessionExpires.Least;

    /// <summary>What its 2xx says.</summary>
    /// <param name="wanted">The interval that we should like, in seconds; 0 for none of our own.</param>
    /// <param name="current">Who refreshes now, as this transaction has it.</param>
    public SessionAgreement Answer(uint wanted, SessionRefresher current)
    {
        // An answer may shorten the interval down to Min-SE, and never lengthen it.
        var least = Math.Max(Least, SessionExpires.Least);
        var isAsked = Asked.Seconds >= SessionExpires.Least;
        var seconds = isAsked && wanted > 0 ? Math.Min(Asked.Seconds, Math.Max(wanted, least)) : isAsked ? Asked.Seconds : wanted > 0 ? Math.Max(wanted, least) : 0;
        if (seconds == 0)
        {
            return default;
        }

        // Table 2 of RFC 4028: who cannot do it does not refresh; who can has the choice; where nothing is said we do it, since
        // our refreshes stay on this leg, and theirs by INVITE would go through to the other.
        var refresher = !IsSupported ? SessionRefresher.Uas : Asked.Refresher != SessionRefresher.None ? Asked.Refresher : current != SessionRefresher.None ? current : SessionRefresher.Uas;
        return new SessionAgreement(new SessionExpires(seconds, refresher), isAsked || IsSupported, IsSupported);
    }
}

/// <summary>What was agreed on, or is to be.</summary>
/// <param name="Expires">0 seconds: no session timer.</param>
/// <param name="IsShown">The answer has a Session-Expires; else only we know of it (RFC 4028 §7.2: it then serves us alone).</param>
/// <param name="IsRequired">The answer requires "timer" (RFC 4028 §9).</param>
public readonly record struct SessionAgreement(SessionExpires Expires, bool IsShown, bool IsRequired)
{
    public bool IsNone => Expires.Seconds == 0;

    /// <summary>What a 2xx to our request says (RFC 4028 §7.2). One that says nothing leaves it to us alone to refresh.</summary>
    /// <param name="answer">The 2xx.</param>
    /// <param name="asked">The interval that we asked for, in seconds; 0 for none.</param>
    public static SessionAgreement Of(SipMessage answer, uint asked)
    {
        var isShown = SessionExpires.TryParse(answer.First(HeaderId.SessionExpires), out var expires);
        return isShown
            ? new SessionAgreement(new SessionExpires(Math.Max(expires.Seconds, SessionExpires.Least), expires.Refresher == SessionRefresher.Uas ? SessionRefresher.Uas : SessionRefresher.Uac), true, false)
            : new SessionAgreement(new SessionExpires(asked, SessionRefresher.Uac), false, false);
    }
}
