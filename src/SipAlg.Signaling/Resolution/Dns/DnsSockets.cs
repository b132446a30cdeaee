using System.Buffers.Binary;
using System.Net.Sockets;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>
/// Questions over sockets of the system, each with one of its own: the kernel draws its port at random (RFC 5452 §9.2) and lets
/// only the server's datagrams through.
/// </summary>
internal sealed class DnsSockets(TimeProvider time) : IDnsTransport
{
    public async Task<DnsExchange> AskAsync(IpEndpoint server, DnsQuery query, bool isStream, TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within, time);
        try
        {
            var response = isStream
                ? await AskStreamAsync(server, query, deadline.Token).ConfigureAwait(false)
                : await AskDatagramAsync(server, query, deadline.Token).ConfigureAwait(false);
            return new DnsExchange(response, HasTimedOut: false);
        }
        catch (SocketException)
        {
            return default;
        }
        catch (OperationCanceledException)
        {
            return new DnsExchange(null, HasTimedOut: true);
        }
    }

    private static async Task<DnsResponse> AskDatagramAsync(IpEndpoint server, DnsQuery query, CancellationToken deadline)
    {
        using var socket = new Socket(server.Address.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(Endpoints.ToManaged(server), deadline).ConfigureAwait(false);
        await socket.SendAsync(query.Octets, deadline).ConfigureAwait(false);
        var buffer = new byte[4096];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, deadline).ConfigureAwait(false);
            if (query.TryAnswer(buffer.AsSpan(0, length), out var response))
            {
                return response!;
            }
        }
    }

    /// <summary>RFC 1035 §4.2.2: a length of two octets before each message.</summary>
    /// <returns>Null for what is no answer, or a connection that ends before one.</returns>
    private static async Task<DnsResponse?> AskStreamAsync(IpEndpoint server, DnsQuery query, CancellationToken deadline)
    {
        using var socket = Endpoints.NewStreamSocket(server.Address);
        await socket.ConnectAsync(Endpoints.ToManaged(server), deadline).ConfigureAwait(false);
        var framed = new byte[2 + query.Octets.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Octets.Length);
        query.Octets.CopyTo(framed.AsMemory(2));
        await socket.SendAsync(framed, deadline).ConfigureAwait(false);
        var length = new byte[2];
        if (!await TryFillAsync(socket, length, deadline).ConfigureAwait(false))
        {
            return null;
        }

        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        var isWhole = await TryFillAsync(socket, message, deadline).ConfigureAwait(false);
        return isWhole && query.TryAnswer(message, out var response) ? response : null;
    }

    private static async Task<bool> TryFillAsync(Socket socket, Memory<byte> buffer, CancellationToken deadline)
    {
        while (!buffer.IsEmpty)
        {
            var read = await socket.ReceiveAsync(buffer, deadline).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            buffer = buffer[read..];
        }

        return true;
    }
}
