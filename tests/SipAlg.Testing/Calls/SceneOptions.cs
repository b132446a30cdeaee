using System.Collections.Immutable;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Traces;

namespace SipAlg.Testing.Calls;

/// <summary>What a test changes of <see cref="SceneModel"/>'s usual model.</summary>
public sealed record SceneOptions
{
    public Func<Peer, Peer> Peer { get; init; } = static peer => peer;
    public Func<Realm, Realm> Realm { get; init; } = static realm => realm;
    /// <summary>Where the phones of a realm register; null: nowhere else.</summary>
    public Func<SceneModel, Realm, RelaySettings?> Relay { get; init; } = static (_, _) => null;

    /// <summary>Keeps registrations; null: nobody.</summary>
    public IBindingJournal? Bindings { get; init; }

    /// <summary>Says who is heard; null: everybody.</summary>
    public GateBoard? Gate { get; init; }

    /// <summary>Told of what happens; null: nobody.</summary>
    public ILiveWatch? Watch { get; init; }
    public CallSettings Calls { get; init; } = new(TimeSpan.FromMinutes(3), null, TimeSpan.Zero);

    /// <summary>Routes before the usual ones.</summary>
    public Func<SceneModel, IEnumerable<Route>> Routes { get; init; } = static _ => [];

    /// <summary>The usual routes, or some of them.</summary>
    public Func<IEnumerable<Route>, IEnumerable<Route>> UsualRoutes { get; init; } = static routes => routes;

    /// <summary>False for tests whose phones send what is malformed, which answers repeat.</summary>
    public bool ChecksMessages { get; init; } = true;

    /// <summary>False for tests whose phones name dialogs that the gateway has forgotten, which cross as they are.</summary>
    public bool ChecksHiding { get; init; } = true;

    /// <summary>The far sides are conforming agents: then every rule of the wire is held to, those of dialogs and sessions too.</summary>
    public bool HasAgents { get; init; }

    /// <summary>Of all that the gateway draws by lot: two scenes with the same seed do the same.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What the messages of its calls may take in memory; 0: none are kept.</summary>
    public long Trace { get; init; } = MessageTrace.Least;

    /// <summary>The number of the scene's lane; what it posts to those before it is kept.</summary>
    public int Lane { get; init; }

    /// <summary>What the lanes of one gateway share.</summary>
    public ContactKey ContactKey { get; init; } = new(new byte[ContactKey.Length]);

    /// <summary>The clock of the media relay, whose threads run by themselves.</summary>
    public TimeProvider MediaTime { get; init; } = TimeProvider.System;

    /// <summary>Pairs of media ports a realm.</summary>
    public int MediaPairs { get; init; } = 20;

    public static ImmutableArray<T> Array<T>(params T[] items) => ImmutableArray.Create(items);
}
