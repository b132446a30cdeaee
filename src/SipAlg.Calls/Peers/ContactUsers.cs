using System.Security.Cryptography;
using System.Text;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Peers;

/// <summary>
/// Makes the user parts of the Contacts that are registered with peers. Nobody who does not know the key guesses one; with the same key
/// a peer has the same again, so that a gateway which starts anew takes the place of the registration that it had.
/// </summary>
/// <param name="key">Random, <see cref="KeyLength"/> octets.</param>
public sealed class ContactUsers(byte[] key)
{
    public const int KeyLength = 32;

    /// <summary>96 bits, in hexadecimal digits.</summary>
    private const int Octets = 12;

    /// <summary>With a key that is forgotten with the process.</summary>
    public static ContactUsers Passing() => new(RandomNumberGenerator.GetBytes(KeyLength));

    public byte[] Of(Peer peer, PeerRegistration registration)
    {
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{peer.Name}\n{registration.Aor}"));
        return Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.AsSpan(0, Octets)));
    }
}
