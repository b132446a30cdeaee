using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Registrations;

/// <summary>
/// Makes and reads what stands in temporary GRUUs (RFC 5627 §3.1.2): whose it is, and under which registration it was given, encrypted
/// together with a random number. So no memory is needed for any, two of one device look unrelated, and nobody makes one up. A key
/// lasts as long as the process. Lane-owned.
/// </summary>
/// <param name="key">What all lanes share; <see cref="KeyLength"/> octets.</param>
/// <param name="secrets">The lane's.</param>
internal sealed class GruuMint(ReadOnlySpan<byte> key, SecretSource secrets)
{
    public const int KeyLength = 32;

    private const int BlockLength = 16;
    private const int TextLength = 22;
    private readonly Aes _cipher = CipherOf(key[..BlockLength]);
    private readonly KeyedHash _hash = new(BinaryPrimitives.ReadUInt64LittleEndian(key[BlockLength..]), BinaryPrimitives.ReadUInt64LittleEndian(key[(BlockLength + 8)..]));

    /// <summary>What the user part of a temporary GRUU begins with.</summary>
    public static ReadOnlySpan<byte> Prefix => "tgruu-"u8;

    /// <summary>The device's registration that a temporary GRUU belongs to: it is another one with another Call-ID (RFC 5627 §3.1.2).</summary>
    public ulong RegistrationOf(in Binding binding)
    {
        Span<byte> text = stackalloc byte[3 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(text, _hash.Of(binding.Aor));
        BinaryPrimitives.WriteUInt64LittleEndian(text[8..], _hash.Of(binding.Instance));
        BinaryPrimitives.WriteUInt64LittleEndian(text[16..], _hash.Of(binding.CallId));
        return _hash.Of(text);
    }

    /// <summary>Writes a new user part for a device's registration.</summary>
    /// <param name="user">Index of the user.</param>
    public void WriteUser(ref MessageWriter writer, int user, ulong registration)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        Span<byte> text = stackalloc byte[TextLength];
        BinaryPrimitives.WriteInt32LittleEndian(block, user);
        BinaryPrimitives.WriteUInt64LittleEndian(block[4..], registration);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], (uint)secrets.Next());
        _cipher.EncryptEcb(block, block, PaddingMode.None);
        Base64Url.EncodeToUtf8(block, text, out _, out _);
        writer.Write(Prefix);
        writer.Write(text);
    }

    /// <summary>Reads a user part. What was made up may read as anything, but as no registration that stands.</summary>
    public bool TryReadUser(ReadOnlySpan<byte> text, out int user, out ulong registration)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        (user, registration) = (-1, 0);
        if (!text.StartsWith(Prefix) || text.Length != Prefix.Length + TextLength ||
            Base64Url.DecodeFromUtf8(text[Prefix.Length..], block, out _, out var length) != OperationStatus.Done || length != BlockLength)
        {
            return false;
        }

        _cipher.DecryptEcb(block, block, PaddingMode.None);
        user = BinaryPrimitives.ReadInt32LittleEndian(block);
        registration = BinaryPrimitives.ReadUInt64LittleEndian(block[4..]);
        return true;
    }

    private static Aes CipherOf(ReadOnlySpan<byte> key)
    {
        var cipher = Aes.Create();
        cipher.Key = key.ToArray();
        return cipher;
    }
}
