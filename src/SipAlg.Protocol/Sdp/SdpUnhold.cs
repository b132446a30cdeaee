using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Sdp;

/// <summary>Takes out of a description what holds its streams (RFC 3264 §8.4): somebody else is offered it, to whom it is not on hold.</summary>
public static class SdpUnhold
{
    /// <summary>Writes the description without direction attributes, which means sendrecv (RFC 8866 §6.7), and without hold addresses.</summary>
    /// <param name="written">What <see cref="SdpRewriter"/> or <see cref="SdpAnswer"/> wrote.</param>
    /// <param name="address">Put in the place of a hold address.</param>
    /// <param name="destination">Where to write; must not overlap.</param>
    /// <returns>Octets written, or −1 when they do not fit.</returns>
    public static int Write(ReadOnlySpan<byte> written, IpAddress address, Span<byte> destination)
    {
        var output = new SdpOutput(default, destination);
        while (!written.IsEmpty)
        {
            var end = written.IndexOf((byte)'\n') + 1;
            var line = end == 0 ? written : written[..end];
            written = written[line.Length..];
            var text = line.TrimEnd("\r\n"u8);
            if (text.StartsWith("c="u8) && SdpConnection.Read(text, 2, text.Length).IsHold)
            {
                output.Connection(address, isHold: false);
            }
            else if (!IsDirection(text))
            {
                output.Append(line);
            }
        }

        return output.Finish();
    }

    private static bool IsDirection(ReadOnlySpan<byte> line) =>
        line.SequenceEqual("a=sendrecv"u8) || line.SequenceEqual("a=sendonly"u8) || line.SequenceEqual("a=recvonly"u8) || line.SequenceEqual("a=inactive"u8);
}
