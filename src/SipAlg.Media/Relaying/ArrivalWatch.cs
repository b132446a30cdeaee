using System.Runtime.InteropServices;
using SipAlg.Linux;

namespace SipAlg.Media.Relaying;

/// <summary>
/// How long packets have waited in the sockets of a few ports, which the system stamps with the time of their arrival. The stamp is
/// looked at before the packet is taken, in a call of its own, so that the way of a packet is the same at all ports. One a relay thread.
/// </summary>
internal sealed unsafe class ArrivalWatch : IDisposable
{
    private const long Second = 1_000_000_000;

    /// <summary>SO_TIMESTAMPNS, and the type of the message that it makes (asm-generic/socket.h).</summary>
    private const int TimestampNanoseconds = 35;

    private const int ControlOctets = 128;

    /// <summary>MSG_PEEK.</summary>
    private const int Peek = 2;

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
            _ = _keeper >= 0 && TryStamp(_keeper);
        }
    }

    public DelayCells Waits { get; } = new(Second);

    /// <summary>Has a socket's packets stamped; false if the system does not.</summary>
    public static bool TryStamp(int descriptor)
    {
        var isOn = 1;
        return LibC.SetSockOpt(descriptor, SocketConstants.SolSocket, TimestampNanoseconds, &isOn, sizeof(int)) == 0;
    }

    /// <summary>The socket is readable: notes how long its next packet has waited.</summary>
    public void Look(int descriptor)
    {
        var control = stackalloc byte[ControlOctets];
        MsgHdr message = default;
        message.Control = control;
        message.ControlLength = ControlOctets;
        if (LibC.RecvMsg(descriptor, &message, Peek | SocketConstants.MsgDontWait) >= 0)
        {
            Note(new ReadOnlySpan<byte>(control, (int)message.ControlLength));
        }
    }

    /// <summary>A packet that was taken: notes how long it has waited.</summary>
    /// <param name="control">The control messages that came with it.</param>
    public void Note(ReadOnlySpan<byte> control)
    {
        if (TryRead(control, out var arrival))
        {
            // The stamp is of the system's own clock, which may be set meanwhile.
            Waits.Observe(Math.Max(0, ((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100) - arrival));
        }
    }

    public void Dispose()
    {
        if (_keeper >= 0)
        {
            _ = LibC.Close(_keeper);
        }
    }

    /// <summary>Nanoseconds since 1970.</summary>
    private static bool TryRead(ReadOnlySpan<byte> control, out long arrival)
    {
        var messages = new ControlReader(control);
        while (messages.Next())
        {
            if (messages is { Level: SocketConstants.SolSocket, Type: TimestampNanoseconds, Data.Length: >= 2 * sizeof(long) })
            {
                var time = MemoryMarshal.Cast<byte, long>(messages.Data);
                arrival = (time[0] * Second) + time[1];
                return true;
            }
        }

        arrival = 0;
        return false;
    }
}
