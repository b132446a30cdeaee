using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Registrations;

/// <summary>
/// Makes and reads what stands in temporary GRUUs (RFC 5627 §3.1.2): whose it is, and under which registration it was given, encrypted
/// together with a random number. So no memory is needed for any, two of one device look unrelated, and nobody makes one up. Lane-owned.
/// </summary>
/// <param name="key">What all lanes share, and the gateway's next run.</param>
/// <param name="secrets">The lane's.</param>
internal sealed class GruuMint(ContactKey key, SecretSource secrets)
{
    private const int BlockLength = 16;

    /// <summary>A random number, and the registration; the user's name follows, and octets of zero up to a whole block.</summary>
    private const int HeadLength = sizeof(uint) + sizeof(ulong);

    /// <summary>Octets of the longest name that is read.</summary>
    private const int MostName = SipLimits.Identifier - HeadLength;
    private static readonly byte[] _noVector = new byte[BlockLength];
    private readonly Aes _cipher = CipherOf(key.For("temporary GRUUs"u8));
    private readonly KeyedHash _hash = key.HashFor("registrations of temporary GRUUs"u8);

    /// <summary>What the user part of a temporary GRUU begins with.</summary>
    public static ReadOnlySpan<byte> Prefix => "tgruu-"u8;

    /// <summary>
    /// The device's registration that a temporary GRUU belongs to: it is another one with another Call-ID, and after it has ended (RFC 5627
    /// §3.1.2), also where its device registers anew with the same.
    /// </summary>
    public ulong RegistrationOf(in Binding binding)
    {
        Span<byte> text = stackalloc byte[4 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(text, _hash.Of(binding.Aor));
        BinaryPrimitives.WriteUInt64LittleEndian(text[8..], _hash.Of(binding.Instance));
        BinaryPrimitives.WriteUInt64LittleEndian(text[16..], _hash.Of(binding.CallId));
        BinaryPrimitives.WriteInt64LittleEndian(text[24..], binding.Since);

        // Those of bindings that were kept without it were made without it.
        return _hash.Of(binding.Since == 0 ? text[..24] : text);
    }

    /// <summary>Writes a new user part for a device's registration.</summary>
    /// <param name="name">The user's.</param>
    public void WriteUser(ref MessageWriter writer, ReadOnlySpan<byte> name, ulong registration)
    {
        Span<byte> blocks = stackalloc byte[SipLimits.Identifier];
        Span<byte> text = stackalloc byte[Base64Url.GetEncodedLength(SipLimits.Identifier)];
        name = name[..Math.Min(name.Length, MostName)];
        blocks = blocks[..((HeadLength + name.Length + BlockLength - 1) / BlockLength * BlockLength)];
        blocks.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(blocks, (uint)secrets.Next());
        BinaryPrimitives.WriteUInt64LittleEndian(blocks[sizeof(uint)..], registration);
        name.CopyTo(blocks[HeadLength..]);

        // The random number stands in the first block, so that a vector would add nothing.
        _cipher.EncryptCbc(blocks, _noVector, blocks, PaddingMode.None);
        Base64Url.EncodeToUtf8(blocks, text, out _, out var length);
        writer.Write(Prefix);
        writer.Write(text[..length]);
    }

    /// <summary>Reads a user part. What was made up may read as anything, but as no registration that stands.</summary>
    /// <param name="text">The user part of a URI.</param>
    /// <param name="name">Gets the user's name; <see cref="SipLimits.Identifier"/> octets.</param>
    /// <param name="length">That of the name.</param>
    public bool TryReadUser(ReadOnlySpan<byte> text, Span<byte> name, out int length, out ulong registration)
    {
        Span<byte> blocks = stackalloc byte[SipLimits.Identifier];
        (length, registration) = (0, 0);
        if (!text.StartsWith(Prefix) || text.Length - Prefix.Length > Base64Url.GetEncodedLength(SipLimits.Identifier) ||
            Base64Url.DecodeFromUtf8(text[Prefix.Length..], blocks, out _, out var octets) != OperationStatus.Done || octets == 0 || octets % BlockLength != 0)
        {
            return false;
        }

        blocks = blocks[..octets];
        _cipher.DecryptCbc(blocks, _noVector, blocks, PaddingMode.None);
        registration = BinaryPrimitives.ReadUInt64LittleEndian(blocks[sizeof(uint)..]);
        var read = blocks[HeadLength..].TrimEnd((byte)0);
        read.CopyTo(name);
        length = read.Length;
        return true;
    }

    private static Aes CipherOf(byte[] key)
    {
        var cipher = Aes.Create();
        cipher.Key = key;
        return cipher;
    }
}
