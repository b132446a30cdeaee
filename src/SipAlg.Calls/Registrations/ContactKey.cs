using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Registrations;

/// <summary>
/// What the contacts that the gateway gives are made with: its own at peers, those that registrars know relayed phones by, and temporary
/// GRUUs. Nobody who does not know the key guesses one. With the same key they are the same again, so that a gateway which starts anew takes
/// the place of what it had registered, and what it gave stays good.
/// </summary>
/// <param name="octets">Random, <see cref="Length"/> of them.</param>
public sealed class ContactKey(byte[] octets)
{
    public const int Length = 32;

    /// <summary>Of a contact at a peer: 96 bits, in hexadecimal digits.</summary>
    private const int PeerOctets = 12;

    /// <summary>For who keeps it.</summary>
    public ReadOnlySpan<byte> Octets => octets;

    /// <summary>One that is new.</summary>
    public static ContactKey Draw() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>The user part of the contact that is registered with a peer.</summary>
    public byte[] AtPeer(Peer peer, PeerRegistration registration)
    {
        var hash = HMACSHA256.HashData(octets, Encoding.UTF8.GetBytes($"{peer.Name}\n{registration.Aor}"));
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.AsSpan(0, PeerOctets)));
    }

    /// <summary>The key of something else that contacts are made of (RFC 5869 §2.3).</summary>
    internal byte[] For(ReadOnlySpan<byte> purpose)
    {
        var key = new byte[Length];
        HKDF.Expand(HashAlgorithmName.SHA256, octets, key, purpose);
        return key;
    }

    /// <summary>Likewise, of what nobody reads back.</summary>
    internal KeyedHash HashFor(ReadOnlySpan<byte> purpose)
    {
        var key = For(purpose).AsSpan();
        return new KeyedHash(BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[sizeof(ulong)..]));
    }
}
