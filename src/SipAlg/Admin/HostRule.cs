using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Admin;

/// <summary>
/// Which Host and Origin a request to the admin listener may name. A web page whose host name is made to resolve to this host (DNS
/// rebinding) names that host; a page of another origin that posts here names itself as Origin.
/// </summary>
/// <param name="listen">Of the admin listener.</param>
/// <param name="names">Names that a proxy before it is known by.</param>
internal sealed class HostRule(IpAddress listen, ImmutableArray<string> names)
{
    /// <param name="host">The header's value; empty without one.</param>
    public bool Allows(HostString host)
    {
        if (string.Equals(host.Host, "localhost", StringComparison.OrdinalIgnoreCase) || names.Contains(host.Host, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        // On a wildcard listener each of this host's addresses is right, and an address cannot be rebound.
        return host.HasValue && IpAddress.TryParse(host.Host.Trim('[', ']'), out var address) && (address.IsLoopback || address == listen || listen.IsUnspecified);
    }

    /// <param name="origin">The header's value; empty from what is no browser.</param>
    public static bool AllowsOrigin(string origin, HostString host) =>
        origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase));
}
