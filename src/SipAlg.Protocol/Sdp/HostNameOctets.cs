using System.Buffers;

namespace SipAlg.Protocol.Sdp;

/// <summary>RFC 1123 letters, digits, hyphen and dot; the underscore too, which host names of real networks hold.</summary>
internal static class HostNameOctets
{
    public static readonly SearchValues<byte> Values =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"u8);
}
