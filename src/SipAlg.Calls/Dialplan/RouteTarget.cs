using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;

namespace SipAlg.Calls.Dialplan;

public enum TargetKind : byte
{
    Peer,
    Uri,
    Service,

    /// <summary>The phones of a user, where they have registered.</summary>
    Registered,
}

/// <summary>What the gateway itself answers with.</summary>
public enum ServiceKind : byte
{
    /// <summary>Sends back the audio that it receives.</summary>
    Echo,

    /// <summary>Plays a tone.</summary>
    Tone,
}

/// <summary>One of the places where a route tries to deliver a request.</summary>
public sealed record RouteTarget
{
    public required TargetKind Kind { get; init; }

    /// <summary>Set for <see cref="TargetKind.Peer"/>; it has an address.</summary>
    public Peer? Peer { get; init; }

    /// <summary>
    /// Set for <see cref="TargetKind.Uri"/>: a SIP URI, captures filled in and escaped. One with captures may still prove
    /// invalid when a capture stands in its host; that is a failed target.
    /// </summary>
    public string? Uri { get; init; }

    /// <summary>Set for <see cref="TargetKind.Service"/>.</summary>
    public ServiceKind Service { get; init; }

    /// <summary>Set for <see cref="TargetKind.Registered"/>: the user's name, number or alias, captures filled in.</summary>
    public string? User { get; init; }

    /// <summary>The one device that a GRUU names, if it is this user's it is asked alone.</summary>
    internal NamedDevice? Device { get; init; }

    /// <summary>Of <see cref="TargetKind.Registered"/>.</summary>
    internal CalledUser Called => new(User!, Device, Registrar);

    /// <summary>Set where <see cref="User"/> is no user's name but that of a contact which this peer was given.</summary>
    internal Peer? Registrar { get; init; }

    /// <summary>One contact of the user, once his bindings have been looked at.</summary>
    internal RegisteredContact? Contact { get; init; }

    /// <summary>Index of the realm that the request leaves by: the peer's, the one written beside a URI, a contact's; −1 for a service and before a user's contacts are known.</summary>
    public required int Realm { get; init; }

    /// <summary>Lower is tried earlier; null: targets are tried as written.</summary>
    public int? Priority { get; init; }

    /// <summary>Share among targets of equal priority; null: tried as written.</summary>
    public int? Weight { get; init; }

    /// <summary>How long it may ring; null: <see cref="CallSettings.NoAnswer"/>.</summary>
    public TimeSpan? NoAnswer { get; init; }

    public override string ToString() => Kind switch
    {
        TargetKind.Peer => $"peer {Peer!.Name}",
        TargetKind.Uri => $"uri {Uri}",
        TargetKind.Registered => $"registered {User}",
        _ => $"service {(Service == ServiceKind.Echo ? "echo" : "tone")}",
    };
}
