using System.Buffers.Binary;
using System.Security.Cryptography;
using SipAlg.Linux.Crypto;
using SipAlg.Media.Relaying;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Srtp;

/// <content>What the suite does with one packet. Of RTP and of RTCP by keys of their own.</content>
internal unsafe partial struct SrtpState
{
    /// <summary>Behind each packet of RTCP: whether it is encrypted, and its index (RFC 3711 §3.4).</summary>
    public const int RtcpIndexLength = 4;

    public const uint RtcpEncrypted = 0x8000_0000;

    /// <summary>RTCP is encrypted behind the SSRC of its first report (RFC 3711 §3.4).</summary>
    public const int RtcpHeaderLength = 8;

    /// <summary>What libcrypto keeps of a cipher in use, about.</summary>
    private const int CipherOctets = 3 * CacheLine.Octets;

    /// <summary>Octets that a packet of RTP gets longer by.</summary>
    public readonly int TagLength => _tagLength;

    /// <summary>Octets that one of RTCP gets longer by, with its index.</summary>
    public readonly int RtcpGrowth => RtcpIndexLength + (_isGcm ? AesGalois.TagLength : CounterKeys.RtcpTagLength);

    /// <summary>The index field of RTCP.</summary>
    public static uint RtcpIndexOf(byte* packet, int at) => BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(packet + at, RtcpIndexLength));

    /// <summary>A packet of RTP will be encrypted or decrypted soon.</summary>
    /// <param name="state">Its direction's.</param>
    /// <param name="cipher">Where its cipher is, as far as is known without a look at the state itself.</param>
    public static void Expect(SrtpState* state, void* cipher)
    {
        CacheLine.Fetch(state);
        CacheLine.Fetch(&state->_tagLength);
        for (var at = 0; at < CipherOctets; at += CacheLine.Octets)
        {
            CacheLine.Fetch((byte*)cipher + at);
        }
    }

    /// <summary>Where libcrypto has the key of RTP.</summary>
    public readonly void* Cipher => _isGcm ? _rtp.Galois.Cipher : _rtp.Counter.Cipher;

    /// <summary>Encrypts a packet of RTP.</summary>
    /// <param name="packet">Stays as it is.</param>
    /// <param name="header">Its octets that stay readable.</param>
    /// <param name="octets">All of it.</param>
    /// <param name="ssrc">In it.</param>
    /// <param name="index">48 bits.</param>
    /// <param name="to">Room for it and its tag.</param>
    public bool TrySeal(byte* packet, int header, int octets, uint ssrc, ulong index, byte* to) => _isGcm
        ? _rtp.Galois.TrySeal(packet, header, octets, ssrc, index, to)
        : _rtp.Counter.TrySeal(packet, header, octets, ssrc, index, to, _tagLength);

    /// <summary>Decrypts a packet of RTP in its place; one with another tag stays as it is.</summary>
    /// <param name="packet">As it came.</param>
    /// <param name="header">Its octets that are readable.</param>
    /// <param name="octets">All of it but tag and name of the key.</param>
    /// <param name="ssrc">In it.</param>
    /// <param name="index">48 bits.</param>
    /// <param name="scratch">Room for as much as the packet.</param>
    public bool TryOpen(byte* packet, int header, int octets, uint ssrc, ulong index, byte* scratch) => _isGcm
        ? _rtp.Galois.TryOpen(packet, header, octets, packet + octets, ssrc, index, scratch)
        : _rtp.Counter.TryOpen(packet, header, octets, packet + octets + _mkiLength, _tagLength, ssrc, index);

    private void Begin(SrtpKey key)
    {
        var (length, isGcm) = (key.Suite.KeyLength(), key.Suite.IsGcm());
        using var derivation = new KeyDerivation(key.Master.Span[..length], key.Master.Span[length..]);
        Span<byte> keys = stackalloc byte[KeyDerivation.Longest];
        try
        {
            _isGcm = isGcm;
            derivation.Derive(KeyDerivation.RtpKey, keys);
            Begin(ref _rtp, keys, length);
            derivation.Derive(KeyDerivation.RtcpKey, keys);
            Begin(ref _rtcp, keys, length);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    private readonly void Begin(ref SessionKeys keys, ReadOnlySpan<byte> derived, int length)
    {
        if (_isGcm)
        {
            keys.Galois.Begin(derived, length);
        }
        else
        {
            keys.Counter.Begin(derived, length);
        }
    }

    private readonly void DisposeKeys()
    {
        if (_isGcm)
        {
            _rtp.Galois.Dispose();
            _rtcp.Galois.Dispose();
        }
        else
        {
            _rtp.Counter.Dispose();
            _rtcp.Counter.Dispose();
        }
    }

    private bool TrySealRtcp(byte* packet, int octets, uint ssrc, uint index, byte* to) => _isGcm
        ? _rtcp.Galois.TrySealRtcp(packet, octets, ssrc, index, to)
        : _rtcp.Counter.TrySealRtcp(packet, octets, ssrc, index, to);

    private bool TryOpenRtcp(byte* packet, int octets, int at, uint ssrc, byte* scratch) => _isGcm
        ? _rtcp.Galois.TryOpenRtcp(packet, at, ssrc, scratch)
        : _rtcp.Counter.TryOpenRtcp(packet, octets, at, ssrc);

    /// <summary>Where the index stands in a packet of RTCP: the name of the key and the tag follow, but that of GCM stands before.</summary>
    private readonly int RtcpIndexAt(int octets) => octets - RtcpIndexLength - _mkiLength - (_isGcm ? 0 : CounterKeys.RtcpTagLength);

    /// <summary>Where the name of the key stands.</summary>
    private readonly int MkiAt(int octets, int tagLength) => octets - _mkiLength - (_isGcm ? 0 : tagLength);
}
