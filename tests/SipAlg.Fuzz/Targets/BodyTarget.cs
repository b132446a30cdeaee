using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;

namespace SipAlg.Fuzz.Targets;

/// <summary>Bodies in parts, and fragments of messages: what is found lies within, and putting it back gives the same body.</summary>
internal sealed class BodyTarget() : Target("body", 60, Bodies, BodyWords)
{
    private static readonly byte[][] Bodies = Texts(
        "--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b\r\nContent-Type: application/x\r\nContent-Length: 3\r\n\r\nabc\r\n--b--\r\n",
        "x\n--b\nContent-Type: multipart/alternative; boundary=\"c d\"\n\n--c d\nContent-Type: application/sdp\nContent-Disposition: session;handling=optional\nContent-Transfer-Encoding: binary\nContent-Length: 5\n\nv=0\r\n\n--c d--\n--b--",
        "SIP/2.0 200 OK\r\nReason: Q.850;cause=16\r\nRetry-After: 5\r\nContact: <sip:a@b>\r\n", "SIP/2.0 100 Trying", "INVITE sip:a@b SIP/2.0\r\n", "SIP/2.0 503 x\nReason:\n SIP ;cause=600\nretry-after:1\n\n");

    private static readonly byte[][] BodyWords = Texts(
        "\r\n", "\n", "\r", "--b", "--b\r\n", "--b--", "--b--\r\n", "\r\n--b\r\n", "\r\n\r\n", "Content-Type: application/sdp\r\n", "Content-Type: multipart/mixed;boundary=b\r\n", "Content-Type: multipart/mixed;boundary=", "boundary=\"b\"", "c d",
        "Content-Disposition: ", "session", "render", "Content-Transfer-Encoding: base64\r\n", "Content-Length: 4\r\n", "SIP/2.0 ", "SIP/2.0 200 OK\r\n", "Reason: SIP\r\n", "Retry-After: 1\r\n", " ", "\"", "\\", ";", "=", "\0", "-", "--");

    private static readonly byte[][] Types = Texts("multipart/mixed;boundary=b", "multipart/mixed; boundary=\"c d\"", "Multipart/Related;type=x;boundary=\"b\"", "application/sdp", "multipart/mixed", "multipart/mixed;boundary=");

    private readonly byte[] _written = new byte[2 * FuzzInput.MaxLength];

    public override string? Check(FuzzInput input, Features features)
    {
        var body = input.Octets;
        foreach (var type in Types)
        {
            if (Located(type, body, features) is { } problem)
            {
                return problem;
            }
        }

        // The first line as the type: its parameters are read too.
        var end = body.IndexOf((byte)'\n');
        return (end > 0 ? Located(body[..end], body[(end + 1)..], features) : null) ?? Fragment(body, features);
    }

    private string? Located(ReadOnlySpan<byte> type, ReadOnlySpan<byte> body, Features features)
    {
        var fault = SdpBody.Locate(type, body, out var part);
        features.Add(type.Length, (int)fault);
        if (fault != SdpBodyFault.None)
        {
            return null;
        }

        if (part.Description.End > body.Length || part.ContentLength.End > body.Length)
        {
            return "A part lies outside the body.";
        }

        features.AddSize(200, part.Description.Length);
        features.Add(201, part.ContentLength.Length);
        var length = SdpBody.Replace(body, part, body.Slice(part.Description.Offset, part.Description.Length), _written);
        return part.ContentLength.IsEmpty && (length < 0 || !_written.AsSpan(0, length).SequenceEqual(body)) ? "A body whose part is put back is another."
            : length < 0 ? "A body whose part is put back does not fit." : null;
    }

    private string? Fragment(ReadOnlySpan<byte> body, Features features)
    {
        if (!SipFragment.TryParse(body, out var fragment))
        {
            return null;
        }

        features.Add(300, fragment.Status);
        var writer = new MessageWriter(_written);
        fragment.WriteHarmless(ref writer);
        return fragment.Status is < 100 or > 699 ? $"A fragment with status {fragment.Status}."
            : writer.Length > (2 * body.Length) + 64 ? "A fragment grew."
            : SipFragment.TryParse(writer.Written, out var again) && again.Status == fragment.Status ? null : "A fragment that is written anew is another.";
    }
}
