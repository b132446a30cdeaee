using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;

namespace SipAlg.Calls.Messages;

/// <summary>Writes a request of ours once more as another transaction: all as it was but Via, CSeq, and what made it necessary.</summary>
internal static class RequestRenewal
{
    /// <summary>Writes all but the end, so that Session-Expires and Min-SE can be added (RFC 4028 §7.3).</summary>
    /// <param name="writer">At its beginning.</param>
    /// <param name="request">As it was sent.</param>
    /// <param name="via">Of the new transaction.</param>
    /// <param name="sequence">Its CSeq.</param>
    public static void Begin(ref MessageWriter writer, SipMessage request, in RequestVia via, uint sequence) =>
        Begin(ref writer, request, via, sequence, keepsSession: false);

    /// <summary>Writes all but the end, so that credentials can be added (RFC 3261 §22.2). Parameters as for <see cref="Begin(ref MessageWriter, SipMessage, in RequestVia, uint)"/>.</summary>
    public static void BeginSame(ref MessageWriter writer, SipMessage request, in RequestVia via, uint sequence) =>
        Begin(ref writer, request, via, sequence, keepsSession: true);

    private static void Begin(ref MessageWriter writer, SipMessage request, in RequestVia via, uint sequence, bool keepsSession)
    {
        writer.Write(request[request.MethodText]);
        writer.Write((byte)' ');
        writer.Write(request[request.RequestUri]);
        writer.Write(" SIP/2.0\r\n"u8);
        via.Write(ref writer);
        foreach (ref readonly var field in request.Fields)
        {
            if (field.Id is not (HeaderId.Via or HeaderId.CSeq or HeaderId.ContentLength) && (keepsSession || field.Id is not (HeaderId.SessionExpires or HeaderId.MinSe)))
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
