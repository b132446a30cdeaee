using System.Runtime.InteropServices;

namespace SipAlg.Linux;

/// <summary>
/// When the system received a packet: it notes the time on its own clock, the wall clock, which may be set meanwhile, so that a wait
/// that is worked out from it is never below zero but may be wrong once.
/// </summary>
public static unsafe class ArrivalStamp
{
    private const long Second = 1_000_000_000;

    /// <summary>SO_TIMESTAMPNS, and the type of the message that it makes (asm-generic/socket.h).</summary>
    private const int TimestampNanoseconds = 35;

    private const int ControlOctets = 128;

    /// <summary>MSG_PEEK.</summary>
    private const int Peek = 2;

    /// <summary>Has a socket's packets stamped; false if the system does not.</summary>
    public static bool TryStamp(int descriptor)
    {
        var isOn = 1;
        return LibC.SetSockOpt(descriptor, SocketConstants.SolSocket, TimestampNanoseconds, &isOn, sizeof(int)) == 0;
    }

    /// <summary>How long the oldest packet of a socket has waited in it, in nanoseconds; the packet stays there.</summary>
    /// <returns>false: there is none, or it has no stamp.</returns>
    public static bool TryWaited(int descriptor, out long nanoseconds)
    {
        var control = stackalloc byte[ControlOctets];
        MsgHdr message = default;
        message.Control = control;
        message.ControlLength = ControlOctets;
        nanoseconds = 0;
        return LibC.RecvMsg(descriptor, &message, Peek | SocketConstants.MsgDontWait) >= 0 &&
            TryWaited(new ReadOnlySpan<byte>(control, (int)message.ControlLength), out nanoseconds);
    }

    /// <summary>How long a packet waited that was taken just now.</summary>
    /// <param name="control">The control messages that came with it.</param>
    /// <param name="nanoseconds">0 at least.</param>
    public static bool TryWaited(ReadOnlySpan<byte> control, out long nanoseconds)
    {
        var messages = new ControlReader(control);
        while (messages.Next())
        {
            if (messages is { Level: SocketConstants.SolSocket, Type: TimestampNanoseconds, Data.Length: >= 2 * sizeof(long) })
            {
                var arrival = MemoryMarshal.Cast<byte, long>(messages.Data);
                nanoseconds = Math.Max(0, ((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100) - (arrival[0] * Second) - arrival[1]);
                return true;
            }
        }

        nanoseconds = 0;
        return false;
    }
}
