using SipAlg.Protocol.Addresses;

namespace SipAlg.Admin;

/// <summary>The admin server cannot listen; the message says where and why.</summary>
internal sealed class AdminListenerException(IpEndpoint address, Exception cause) : Exception($"the admin server cannot listen on {address}: {cause.Message}", cause);
