using SipAlg.Journal;

namespace SipAlg.Admin.Events;

/// <summary>The names of server-sent events.</summary>
internal static class EventTypes
{
    public const string Call = "call";
    public const string Registration = "registration";
    public const string Peer = "peer";
    public const string Reload = "reload";
    public const string Ban = "ban";

    /// <summary>A level against toll fraud was reached.</summary>
    public const string Limit = "limit";

    /// <summary>Events are missing: what a listener shows is to be asked for anew.</summary>
    public const string Lost = "lost";
}

/// <param name="What"><c>started</c>, <c>answered</c> or <c>ended</c>.</param>
/// <param name="At">When it was told.</param>
/// <param name="Call">As in the lists; of one that has ended with its verdict.</param>
internal sealed record CallEvent(string What, DateTimeOffset At, CallDetails Call);

/// <param name="What"><c>added</c> or <c>removed</c>.</param>
internal sealed record RegistrationEvent(string What, DateTimeOffset At, string Realm, string Aor, string Contact);

/// <param name="What"><c>up</c>, <c>down</c>, <c>registered</c> or <c>unregistered</c>; <c>added</c> or <c>removed</c> by a reload.</param>
/// <param name="Reason">Why it is down; null if it only rests, and otherwise.</param>
internal sealed record PeerEvent(string What, DateTimeOffset At, string Peer, string? Reason);

/// <param name="What"><c>done</c> or <c>refused</c>.</param>
internal sealed record ReloadEvent(string What, DateTimeOffset At);

/// <param name="Events">How many; null if nobody knows.</param>
internal sealed record LostEvent(int? Events);
