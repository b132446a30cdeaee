using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SipAlg.Linux.Crypto;

namespace SipAlg.Media.Srtp;

/// <summary>AES-GCM (RFC 7714): what packets of one kind, RTP or RTCP, are encrypted and signed with.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GaloisKeys
{
    private AesGalois _cipher;
    private ulong _saltHigh;
    private uint _saltLow;

    /// <summary>Where libcrypto has the key.</summary>
    public readonly void* Cipher => _cipher.Address;

    /// <param name="keys">As <see cref="KeyDerivation"/> has them.</param>
    /// <param name="length">Octets of the first.</param>
    /// <exception cref="CryptographicException">The system forbids the suite.</exception>
    public void Begin(ReadOnlySpan<byte> keys, int length)
    {
        _cipher = new AesGalois(keys[..length]);
        _saltHigh = BinaryPrimitives.ReadUInt64BigEndian(keys[KeyDerivation.SaltAt..]);
        _saltLow = BinaryPrimitives.ReadUInt32BigEndian(keys[(KeyDerivation.SaltAt + 8)..]);
    }

    public readonly void Dispose() => _cipher.Dispose();

    public readonly bool TrySeal(byte* packet, int header, int octets, uint ssrc, ulong index, byte* to)
    {
        new ReadOnlySpan<byte>(packet, header).CopyTo(new Span<byte>(to, header));
        var iv = stackalloc byte[AesGalois.IvLength];
        WriteIv(iv, ssrc, index);
        return _cipher.TryBegin(iv, encrypts: true) && _cipher.TryAdd(packet, header) &&
            _cipher.TryApply(packet + header, to + header, octets - header) && _cipher.TrySeal(to + octets);
    }

    /// <summary>Decrypts a packet in its place; by way of <paramref name="scratch"/>, since it may turn out not to be its sender's.</summary>
    public readonly bool TryOpen(byte* packet, int header, int octets, byte* tag, uint ssrc, ulong index, byte* scratch)
    {
        var iv = stackalloc byte[AesGalois.IvLength];
        WriteIv(iv, ssrc, index);
        var length = octets - header;
        if (!_cipher.TryBegin(iv, encrypts: false) || !_cipher.TryAdd(packet, header) || !_cipher.TryApply(packet + header, scratch, length) || !_cipher.TryOpen(tag))
        {
            return false;
        }

        new ReadOnlySpan<byte>(scratch, length).CopyTo(new Span<byte>(packet + header, length));
        return true;
    }

    public readonly bool TrySealRtcp(byte* packet, int octets, uint ssrc, uint index, byte* to)
    {
        new ReadOnlySpan<byte>(packet, SrtpState.RtcpHeaderLength).CopyTo(new Span<byte>(to, SrtpState.RtcpHeaderLength));
        var iv = stackalloc byte[AesGalois.IvLength];
        WriteIv(iv, ssrc, index);
        var tail = to + octets + AesGalois.TagLength;
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(tail, SrtpState.RtcpIndexLength), index | SrtpState.RtcpEncrypted);
        return _cipher.TryBegin(iv, encrypts: true) && _cipher.TryAdd(packet, SrtpState.RtcpHeaderLength) && _cipher.TryAdd(tail, SrtpState.RtcpIndexLength) &&
            _cipher.TryApply(packet + SrtpState.RtcpHeaderLength, to + SrtpState.RtcpHeaderLength, octets - SrtpState.RtcpHeaderLength) && _cipher.TrySeal(to + octets);
    }

    /// <param name="packet">As it came.</param>
    /// <param name="at">Where its index stands, behind its tag.</param>
    /// <param name="ssrc">In it.</param>
    /// <param name="scratch">Room for as much as the packet.</param>
    public readonly bool TryOpenRtcp(byte* packet, int at, uint ssrc, byte* scratch)
    {
        var iv = stackalloc byte[AesGalois.IvLength];
        WriteIv(iv, ssrc, SrtpState.RtcpIndexOf(packet, at) & ~SrtpState.RtcpEncrypted);
        var tag = at - AesGalois.TagLength;
        var length = tag - SrtpState.RtcpHeaderLength;
        if (!_cipher.TryBegin(iv, encrypts: false) || !_cipher.TryAdd(packet, SrtpState.RtcpHeaderLength) || !_cipher.TryAdd(packet + at, SrtpState.RtcpIndexLength) ||
            !_cipher.TryApply(packet + SrtpState.RtcpHeaderLength, scratch, length) || !_cipher.TryOpen(packet + tag))
        {
            return false;
        }

        new ReadOnlySpan<byte>(scratch, length).CopyTo(new Span<byte>(packet + SrtpState.RtcpHeaderLength, length));
        return true;
    }

    /// <summary>RFC 7714 §8.1, and §9.1 for RTCP: two octets of zeros, SSRC, index of 48 bits.</summary>
    private readonly void WriteIv(byte* iv, uint ssrc, ulong index)
    {
        BinaryPrimitives.WriteUInt64BigEndian(new Span<byte>(iv, 8), _saltHigh ^ ((ulong)ssrc << 16) ^ (index >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(new Span<byte>(iv + 8, 4), _saltLow ^ (uint)index);
    }
}
