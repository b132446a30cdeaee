using System.Text;
using SipAlg.Configuration;
using SipAlg.Protocol.Addresses;
using SipAlg.State;

namespace SipAlg.Hosting;

/// <summary>What the embedded default says to whoever starts the gateway: all that has to be typed into two phones, once.</summary>
internal static class Welcome
{
    /// <param name="gateway">It listens.</param>
    /// <param name="admin">Where the admin server is.</param>
    /// <param name="users">Their passwords are told where they were made just now.</param>
    /// <param name="fault">Why those cannot be kept; null when they are.</param>
    public static string Text(Gateway gateway, IpEndpoint admin, DemoUsers users, string? fault)
    {
        var port = gateway.Network.Bound(0).Port;
        return $"""

            SipAlg runs on its embedded default: no sipalg.yaml was found here.

            {(users.Made.Count > 0 ? Accounts(users, fault, HostAddresses.Read(), port) : Known(gateway, users))}
              Dial     600 to hear yourself, 601 to hear a tone: from any phone on this host or in a private network, without an
                       account too (sip:600@127.0.0.1:{port})
              Admin    http://{admin}/healthz, /metrics, /api/v1/calls, /api/v1/registrations
              Your own write a sipalg.yaml here, say where calls go in a dialplan, and start again:
                       docs/configuration.md and docs/dialplan.md begin with whole examples, `sipalg check` finds what is wrong
              End it   Ctrl-C


            """;
    }

    private static string Accounts(DemoUsers users, string? fault, HostAddresses addresses, int port)
    {
        var text = new StringBuilder($"  Two phones may register. Type this into them; it is shown this once, and {(fault is null ? "kept in" : "cannot be kept in")} {users.Path}");
        text.AppendLine(fault is null ? "." : $"\n  ({fault}): the next start makes new passwords.");
        foreach (var (number, user) in users.Made.Index())
        {
            text.AppendLine($"""

                  Phone {number + 1}
                    User name  {user.Name}   (the authentication name too)
                    Password   {user.Password}
                    Domain     {addresses.Usual}   (registrar, SIP server; {Elsewhere(addresses)})
                    Port       {port}
                    Transport  UDP or TCP
                    Dial       {string.Join(", ", users.Made.Where(other => other != user).Select(other => $"{other.Number} or {other.Name}"))} for the other phone
                """);
        }

        return text.ToString();
    }

    /// <summary>Each network sees the gateway at an address of its own.</summary>
    private static string Elsewhere(HostAddresses addresses) => string.Concat(addresses.Others.Select(other => $"{other} or ")) + "127.0.0.1 on this host";

    private static string Known(Gateway gateway, DemoUsers users) => $"""
          Phones   {string.Join(", ", gateway.Model.Users.Users.Where(user => !user.IsRemoved).Select(user => $"{user.Name} ({string.Join(", ", user.Numbers)})"))} may register, as they were told at the first start. Their passwords are in
                   {users.Path}; delete it to have new ones made
        """;
}
