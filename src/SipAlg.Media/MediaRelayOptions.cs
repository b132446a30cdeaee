using SipAlg.Linux;

namespace SipAlg.Media;

/// <summary>How the relay is laid out on this machine.</summary>
public sealed record MediaRelayOptions
{
    /// <summary>Relay threads; by default one up to three CPUs, then a quarter of them, at least two.</summary>
    public int Threads { get; init; } = ThreadsFor(Environment.ProcessorCount);

    /// <summary>SO_RCVBUF of every media socket in octets; 0: the system's default.</summary>
    public int SocketReceiveBuffer { get; init; }

    /// <summary>The packets of one stream in so many are stamped by the system when they arrive, to know how long they wait; 0: of none.</summary>
    public int StampedShare { get; init; } = 100;

    /// <summary>
    /// Opening, tones and closing wait for <see cref="MediaRelay.Announce"/>: one wake-up for all that a turn orders, where
    /// each costs two switches of threads. Otherwise every order wakes its thread.
    /// </summary>
    public bool LanesAnnounce { get; init; }

    /// <summary>Relays in the kernel what needs nothing else, if the system allows it. Timestamps are then to be the system's own.</summary>
    public bool FastPath { get; init; }

    /// <summary>
    /// Also between two ends of this host. Whoever captures on loopback sees such packets only as they come, so that it is for those
    /// who ask for it.
    /// </summary>
    public bool FastPathOnLoopback { get; init; }

    /// <summary>Has rights that others have given up, and loads what the kernel relays by; null: whoever opens the relay does.</summary>
    public CapableThread? ProgramLoader { get; init; }

    /// <summary>Ports share sockets, if the system allows it, where each would have one: for more ports than the process may have descriptors.</summary>
    public bool ShareSockets { get; init; }

    /// <summary>Relay threads run before all others, if the system allows it: what they leave of their processor is for lanes and collector.</summary>
    public bool RunsFirst { get; init; }

    /// <summary>Attaches as on kernels before Linux 6.6 also where the kernel can do better: to try that there.</summary>
    public bool FastPathWithoutTcx { get; init; }

    internal static int ThreadsFor(int cpus) => cpus < 4 ? 1 : Math.Max(2, cpus / 4);
}
