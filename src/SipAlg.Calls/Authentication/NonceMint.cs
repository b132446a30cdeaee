using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using SipAlg.Calls.Model;
using SipAlg.Linux.Crypto;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Authentication;

/// <summary>
/// Makes nonces that need no memory: a serial number and the time, signed under a key of this lane and this start, with the address
/// that they are for. Nobody can make one, change one or use one that somebody else was given, and after a restart all are unknown.
/// Lane-owned.
/// </summary>
internal sealed class NonceMint
{
    /// <summary>Octets of a nonce: 24 in the alphabet of RFC 4648 §5, which needs no quoting.</summary>
    public const int TextLength = 32;

    /// <summary>How long a nonce may be used for.</summary>
    public const int LifetimeSeconds = 3600;

    private const int SignedLength = 10;
    private const int AddressLength = 16;
    private const int Length = 24;
    private const int SignatureLength = Length - SignedLength;
    private const long SerialMask = (1L << 48) - 1;

    private readonly HmacSha256 _signer;
    private long _serial;

    public NonceMint(SecretSource secrets)
    {
        Span<byte> key = stackalloc byte[32];
        for (var at = 0; at < key.Length; at += sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(key[at..], secrets.Next());
        }

        _signer = new HmacSha256(key);
    }

    /// <param name="now">Milliseconds of the lane.</param>
    /// <param name="source">Who is challenged.</param>
    /// <param name="destination"><see cref="TextLength"/> octets.</param>
    public void Mint(long now, IpAddress source, Span<byte> destination)
    {
        Span<byte> octets = stackalloc byte[Length];
        BinaryPrimitives.WriteUInt64BigEndian(octets[2..], (ulong)(++_serial & SerialMask));
        BinaryPrimitives.WriteUInt32BigEndian(octets, Seconds(now));
        Sign(octets[..SignedLength], source, octets[SignedLength..]);
        Base64Url.EncodeToUtf8(octets, destination, out _, out _);
    }

    /// <summary>Reads a nonce that this mint made within its lifetime for this source.</summary>
    /// <param name="serial">Each nonce has its own; a later one's is greater.</param>
    public bool TryRead(ReadOnlySpan<byte> text, long now, IpAddress source, out long serial)
    {
        serial = 0;
        Span<byte> octets = stackalloc byte[Length];
        Span<byte> signature = stackalloc byte[SignatureLength];
        if (text.Length != TextLength || Base64Url.DecodeFromUtf8(text, octets, out _, out var length) != OperationStatus.Done || length != Length)
        {
            return false;
        }

        Sign(octets[..SignedLength], source, signature);
        serial = (long)(BinaryPrimitives.ReadUInt64BigEndian(octets[2..]) & SerialMask);
        return CryptographicOperations.FixedTimeEquals(signature, octets[SignedLength..]) && Seconds(now) - BinaryPrimitives.ReadUInt32BigEndian(octets) <= LifetimeSeconds;
    }

    private static uint Seconds(long now) => (uint)(now / 1000);

    private void Sign(ReadOnlySpan<byte> octets, IpAddress source, Span<byte> signature)
    {
        Span<byte> code = stackalloc byte[HmacSha256.Length];
        Span<byte> signed = stackalloc byte[SignedLength + AddressLength];
        octets.CopyTo(signed);
        _signer.Sign(signed[..(SignedLength + Prefixes.Household(source).WriteOctets(signed[SignedLength..]))], code);
        code[..SignatureLength].CopyTo(signature);
    }
}
