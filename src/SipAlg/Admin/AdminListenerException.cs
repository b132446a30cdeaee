using SipAlg.Protocol.Addresses;

namespace SipAlg.Admin;

/// <summary>The admin server cannot listen; the message says where and why.</summary>
internal sealed class AdminListenerException(IEnumerable<IpEndpoint> addresses, Exception cause)
    : Exception($"the admin server cannot listen on {string.Join(" or ", addresses)}: {(cause.InnerException ?? cause).Message}", cause);
