using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;

namespace SipAlg.Calls.Messages;

/// <summary>Writes a request of ours once more as another transaction (RFC 4028 §7.3): all as it was but Via, CSeq and what is said of the session's time.</summary>
internal static class RequestRenewal
{
    /// <summary>Writes all but the end, so that Session-Expires and Min-SE can be added.</summary>
    /// <param name="writer">At its beginning.</param>
    /// <param name="request">As it was sent.</param>
    /// <param name="via">Of the new transaction.</param>
    /// <param name="sequence">Its CSeq.</param>
    public static void Begin(ref MessageWriter writer, SipMessage request, in RequestVia via, uint sequence)
    {
        writer.Write(request[request.MethodText]);
        writer.Write((byte)' ');
        writer.Write(request[request.RequestUri]);
        writer.Write(" SIP/2.0\r\n"u8);
        via.Write(ref writer);
        foreach (ref readonly var field in request.Fields)
        {
            if (field.Id is not (HeaderId.Via or HeaderId.CSeq or HeaderId.SessionExpires or HeaderId.MinSe or HeaderId.ContentLength))
            {
                writer.Write(request[field.Line]);
                writer.EndLine();
            }
        }

        writer.Write("CSeq: "u8);
        writer.Write(sequence);
        writer.Write((byte)' ');
        writer.Write(request[request.MethodText]);
        writer.EndLine();
    }
}
