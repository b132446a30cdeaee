using System.Text;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Registrations;

/// <summary>The one device of a user that a GRUU names (RFC 5627).</summary>
/// <param name="User">Whose it is.</param>
/// <param name="Instance">The URN of the device, of a public GRUU; empty for a temporary one.</param>
/// <param name="Registration">What a temporary GRUU was given under.</param>
internal sealed record NamedDevice(User User, byte[] Instance, ulong Registration)
{
    public bool IsTemporary => Instance.Length == 0;

    /// <summary>
    /// Whom a URI names as a GRUU of ours. Its host is not looked at: what is asked of us is for us, and where the gateway has let a GRUU
    /// cross, it has put itself into that place.
    /// </summary>
    /// <param name="lane">Reads temporary ones.</param>
    /// <param name="uri">Of a request, or one that is followed.</param>
    /// <param name="device">Null for a URI that is no GRUU, and for one of nobody here.</param>
    /// <returns>False for a temporary GRUU that cannot be anybody's (any more).</returns>
    public static bool TryOf(CallLane lane, in SipUri uri, out NamedDevice? device)
    {
        device = null;
        if (!uri.IsSip || !uri.TryParameter("gr"u8, out var value) || UsersOf(lane) is not { } users)
        {
            return true;
        }

        Span<byte> name = stackalloc byte[SipLimits.Identifier];
        if (value.IsEmpty && uri.User.StartsWith(GruuMint.Prefix))
        {
            device = lane.Gruus.TryReadUser(uri.User, name, out var length, out var registration) && users.WithName(Encoding.UTF8.GetString(name[..length])) is { } owner
                ? new NamedDevice(owner, [], registration)
                : null;
            return device is not null;
        }

        if (!value.IsEmpty && users.WithName(Encoding.UTF8.GetString(name[..uri.CopyUser(name)])) is { } user)
        {
            Span<byte> instance = stackalloc byte[SipLimits.Identifier];
            device = value.Length > SipLimits.Identifier ? null : new NamedDevice(user, instance[..SipUri.Unescape(value, instance)].ToArray(), 0);
        }

        return true;
    }

    /// <summary>All realms share them.</summary>
    private static UserTable? UsersOf(CallLane lane)
    {
        foreach (var realm in lane.Room.Model.Realms)
        {
            if (realm.Authentication is { } domain)
            {
                return domain.Users;
            }
        }

        return null;
    }
}

/// <summary>
/// Who is called: a user's name, number or alias, and which of his devices where that is said; or a contact that a registrar was given.
/// </summary>
/// <param name="Registrar">Set where the name is that of such a contact: whose it is.</param>
internal readonly record struct CalledUser(string Name, NamedDevice? Device, Peer? Registrar = null);
