using System.Diagnostics;
using SipAlg.Linux;

namespace SipAlg.Media.Relaying;

/// <summary>
/// How long packets have waited in the sockets of a few ports, which the system stamps with the time of their arrival. The stamp is
/// looked at before the packet is taken, in a call of its own, so that the way of a packet is the same at all ports. One a relay thread.
/// </summary>
internal sealed class ArrivalWatch : IDisposable
{
    private const long Second = 1_000_000_000;

    /// <summary>
    /// A socket that nothing comes to: as long as one has its packets stamped, the kernel does so, and it writes its own code anew each
    /// time that the first such socket opens or the last one closes.
    /// </summary>
    private readonly int _keeper = -1;

    /// <param name="isUsed">Some ports are stamped.</param>
    public ArrivalWatch(bool isUsed)
    {
        if (isUsed)
        {
            _keeper = LibC.Socket(SocketConstants.AfInet, SocketConstants.SockDgram | SocketConstants.SockCloExec, 0);
            _ = _keeper >= 0 && ArrivalStamp.TryStamp(_keeper);
        }
    }

    public DelayCells Waits { get; } = new(Second);

    /// <summary>The socket is readable: notes how long its next packet has waited.</summary>
    public void Look(int descriptor)
    {
        if (ArrivalStamp.TryWaited(descriptor, out var waited))
        {
            Waits.Observe(waited);
        }
    }

    /// <summary>A packet that was taken: notes how long it has waited.</summary>
    /// <param name="control">The control messages that came with it.</param>
    public void Note(ReadOnlySpan<byte> control)
    {
        if (ArrivalStamp.TryWaited(control, out var waited))
        {
            Waits.Observe(waited);
        }
    }

    /// <summary>A packet that came past the sockets.</summary>
    /// <param name="at">When, in nanoseconds of the monotonic clock.</param>
    public void Note(long at) => Waits.Observe(Math.Max(0, (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds - at));

    public void Dispose()
    {
        if (_keeper >= 0)
        {
            _ = LibC.Close(_keeper);
        }
    }
}
