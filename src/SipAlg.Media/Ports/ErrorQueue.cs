using SipAlg.Linux;

namespace SipAlg.Media.Ports;

/// <summary>The error queue of a socket with IP_RECVERR: as long as something is in it the socket counts as ready.</summary>
internal static unsafe class ErrorQueue
{
    /// <summary>As many as are taken at once; what is left wakes the loop again.</summary>
    private const int Most = 16;

    /// <summary>A control message with sock_extended_err and the address of who reports.</summary>
    private const int ControlOctets = 128;

    /// <summary>Takes what is in it; allocates nothing.</summary>
    /// <returns>How many came by ICMP. What this host says itself, of a datagram that is too long, is told by the send too.</returns>
    public static int Take(int descriptor)
    {
        var control = stackalloc byte[ControlOctets];
        MsgHdr message = default;
        var byIcmp = 0;
        for (var taken = 0; taken < Most; taken++)
        {
            message.Control = control;
            message.ControlLength = ControlOctets;
            if (LibC.RecvMsg(descriptor, &message, SocketConstants.MsgErrQueue | SocketConstants.MsgDontWait) < 0)
            {
                break;
            }

            byIcmp += IsByIcmp(new ReadOnlySpan<byte>(control, (int)message.ControlLength)) ? 1 : 0;
        }

        return byIcmp;
    }

    private static bool IsByIcmp(ReadOnlySpan<byte> control)
    {
        var messages = new ControlReader(control);
        while (messages.Next())
        {
            if (ExtendedError.TryRead(messages, out var error))
            {
                return error.Origin is ExtendedError.FromIcmp or ExtendedError.FromIcmp6;
            }
        }

        return false;
    }
}
