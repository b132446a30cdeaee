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
    /// <returns>How many entries; nearly all are ICMP errors.</returns>
    public static int Take(int descriptor)
    {
        var control = stackalloc byte[ControlOctets];
        MsgHdr message = default;
        for (var taken = 0; ; taken++)
        {
            message.Control = control;
            message.ControlLength = ControlOctets;
            if (taken == Most || LibC.RecvMsg(descriptor, &message, SocketConstants.MsgErrQueue | SocketConstants.MsgDontWait) < 0)
            {
                return taken;
            }
        }
    }
}
