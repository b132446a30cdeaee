using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Sdp;
using SipAlg.Signaling.Traces;

namespace SipAlg.Fuzz.Targets;

/// <summary>What is shown of a message: no key that the reader of SDP would find, no digest, the same length, and shown again the same.</summary>
internal sealed class MaskTarget() : Target("mask", 40, Seeded(), Pieces)
{
    private static readonly byte[][] Pieces = Texts(
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:", "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4", "k=clear:x", "a=ice-pwd:secret", "a=key-mgmt:mikey AQAF", "\r", "\n", "\r\n", "\r\n ", "v=0\r\n", "Authorization: Digest response=\"", "\"", "\\", "nonce=", ":", "sip:a:b@", "=", "?Authorization=", "a=", "m=audio 9 RTP/SAVP 0\r\n");

    private readonly SdpDescription _description = new();
    private readonly byte[] _once = new byte[FuzzInput.MaxLength];
    private readonly byte[] _twice = new byte[FuzzInput.MaxLength];

    private static byte[][] Seeded() =>
    [
        .. Load("sdp", "*.sdp"),
        .. Texts(
            "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 9 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4;inline:QUJjZGVmMTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5|2^20|1:4\r\na=ice-pwd:secretsecret\r\nk=prompt\r\n",
            "REGISTER sip:a:pw@b SIP/2.0\r\nAuthorization: Digest username=\"a\", response=\"00\",\r\n nonce=\"x\"\r\nRefer-To: <sip:a@b?Proxy-Authorization=Digest%20x>\r\n\r\n"),
    ];

    public override string? Check(FuzzInput input, Features features)
    {
        var once = _once.AsSpan(0, input.Length);
        var twice = _twice.AsSpan(0, input.Length);
        input.Octets.CopyTo(once);
        SecretMask.Apply(once);
        once.CopyTo(twice);
        SecretMask.Apply(twice);
        features.AddSize(1, once.Count((byte)'*'));
        return !once.SequenceEqual(twice) ? "Shown again it is another." : Keys(input, once, features);
    }

    private string? Keys(FuzzInput input, ReadOnlySpan<byte> shown, Features features)
    {
        if (SdpParser.Parse(_description, input.Buffer, FuzzInput.Start, input.Length) != SdpFault.None)
        {
            return null;
        }

        for (var media = 0; media < _description.MediaCount; media++)
        {
            foreach (ref readonly var line in _description.MediaLines(media))
            {
                var text = shown.Slice(line.Start - FuzzInput.Start, line.Length);
                var key = text.StartsWith("a=crypto:"u8) && text.IndexOf("inline:"u8) is var inline and >= 0 ? text[(inline + 7)..]
                    : text.StartsWith("k="u8) ? text[2..] : text.StartsWith("a=ice-pwd:"u8) ? text["a=ice-pwd:".Length..] : default;
                features.AddSize(2, key.Length);
                if (key.ContainsAnyExcept("*\" \r"u8))
                {
                    return "A key is shown.";
                }
            }
        }

        return null;
    }
}
