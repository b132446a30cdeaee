using SipAlg.Fuzz.Engine;
using SipAlg.Media.Srtp;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Fuzz.Targets;

/// <summary>
/// SRTP and SRTCP, and the lines of SDP that bring its keys. What was not sealed is never opened; what was sealed is opened to what it was,
/// once; what was changed on its way is not.
/// </summary>
/// <remarks>An input is a suite, a place to damage, and a packet; or a line of SDP.</remarks>
internal sealed unsafe class SrtpTarget() : Target("srtp", 40, Packets, Pieces)
{
    private const int MostOctets = 1500;
    private const int Room = 128;
    private const long Second = 1_000_000_000;

    private static readonly byte[][] Packets =
    [
        .. new[]
        {
            "00" + "05" + "80080001000000A050414347D5D5D5D5D5D5D5D5", "03" + "20" + "80E5FFFF0000000050414347050A00A0", "05" + "0C" + "90600001000003E8DEADBEEFBEDE0001100000FFAABB",
            "02" + "09" + "80C8000650414347E6B0000000000000000003E80000000A00000640", "01" + "00" + "81C900075041434750414348000000000000FFFF00000010E6B0000000010000", "04" + "FF" + "A20000070000000050414347111111112222222201020303" + "00000003",
        }.Select(Convert.FromHexString),
        .. Texts("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4", "crypto:2 AEAD_AES_256_GCM inline:QUJjZGVmMTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVmMTIzNDU2Nzg5QUI= UNENCRYPTED_SRTP KDR=1"),
    ];

    private static readonly byte[][] Pieces =
        [[0x80, 0x08], [0x80, 0xC8], [0x81, 0xC9], [0x90], [0xFF, 0xFF], [0x00, 0x00], [0x80, 0x00, 0x00, 0x00], [0x50, 0x41, 0x43, 0x47], .. Texts("crypto:", "inline:", "|", "2^", "1:4", ";", "=", "AES_CM_128_HMAC_SHA1_32 ", "AEAD_AES_128_GCM ", "KDR=", "FEC_KEY=")];

    private readonly SrtpKey[] _keys = [.. Enumerable.Range(0, SrtpSuites.Count).Select(suite => SrtpKey.Of((SrtpSuite)suite, Enumerable.Range(1, SrtpSuites.LongestKey).Select(octet => (byte)octet).ToArray()))];
    private readonly byte[] _sealed = new byte[MostOctets + Room];
    private readonly byte[] _copy = new byte[MostOctets + Room];
    private readonly byte[] _scratch = new byte[MostOctets + Room];
    private readonly byte[] _key = new byte[SrtpSuites.LongestKey];

    public override string? Check(FuzzInput input, Features features)
    {
        if (SdpCrypto.TryRead(input.Octets, out var crypto, _key))
        {
            features.Add(1, ((int)crypto.Suite << 8) | crypto.MkiLength);
        }

        if (input.Length < 3)
        {
            return null;
        }

        var suite = input.Octets[0] % SrtpSuites.Count;
        var packet = input.Octets[2..Math.Min(input.Length, MostOctets)];
        var isRtcp = packet.Length > 1 && packet[1] is >= 192 and <= 223;
        features.Add(2, suite | (isRtcp ? 16 : 0));
        using var sender = new SrtpContext(_keys[suite], Second);
        using var receiver = new SrtpContext(_keys[suite], Second);
        return Forged(receiver, packet, isRtcp) ?? Sealed(sender, receiver, packet, input.Octets[1], isRtcp, features);
    }

    private string? Forged(SrtpContext receiver, ReadOnlySpan<byte> packet, bool isRtcp)
    {
        packet.CopyTo(_copy);
        var length = packet.Length;
        return Open(receiver, ref length, isRtcp) == SrtpResult.Done ? "What nobody has sealed was opened." : null;
    }

    private string? Sealed(SrtpContext sender, SrtpContext receiver, ReadOnlySpan<byte> packet, byte place, bool isRtcp, Features features)
    {
        packet.CopyTo(_copy);
        var length = packet.Length;
        SrtpResult result;
        fixed (byte* from = _copy, to = _sealed)
        {
            result = isRtcp ? sender.SealRtcp(from, ref length, to) : sender.Seal(from, ref length, to);
        }

        features.Add(3, (int)result);
        if (result != SrtpResult.Done)
        {
            return null;
        }

        if (length > packet.Length + sender.Growth)
        {
            return "It grew by more than it may.";
        }

        return Changed(receiver, length, place, isRtcp) ?? Opened(receiver, packet, length, isRtcp);
    }

    private string? Changed(SrtpContext receiver, int length, byte place, bool isRtcp)
    {
        _sealed.AsSpan(0, length).CopyTo(_copy);
        _copy[place % length] ^= 0x10;
        return Open(receiver, ref length, isRtcp) == SrtpResult.Done ? "What was changed on its way was opened." : null;
    }

    private string? Opened(SrtpContext receiver, ReadOnlySpan<byte> packet, int length, bool isRtcp)
    {
        var (first, second) = (length, length);
        _sealed.AsSpan(0, length).CopyTo(_copy);
        var opened = Open(receiver, ref first, isRtcp);
        if (opened != SrtpResult.Done || !_copy.AsSpan(0, first).SequenceEqual(packet))
        {
            return $"What was sealed is not opened to what it was ({opened}).";
        }

        _sealed.AsSpan(0, length).CopyTo(_copy);
        return Open(receiver, ref second, isRtcp) == SrtpResult.Done ? "It was opened twice." : null;
    }

    private SrtpResult Open(SrtpContext receiver, ref int length, bool isRtcp)
    {
        fixed (byte* packet = _copy, scratch = _scratch)
        {
            return isRtcp ? receiver.OpenRtcp(packet, ref length, scratch) : receiver.Open(packet, ref length, scratch, Second);
        }
    }
}
