using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Nat;

namespace SipAlg.Interop.Tests.Phones;

/// <summary>baresip's <c>ctrl_tcp</c>: JSON objects as netstrings, commands there, their answers and events back.</summary>
internal sealed class BaresipControl : IDisposable
{
    private readonly TcpClient _client;
    private readonly List<JsonElement> _received = [];
    private int _token;

    /// <param name="inside">The network namespace of the phone; null for the test's own.</param>
    public BaresipControl(NetworkNamespace? inside = null) =>
        _client = inside is null ? new TcpClient() : new TcpClient { Client = inside.Socket(SocketType.Stream, ProtocolType.Tcp) };

    public async Task ConnectAsync(IPEndPoint endpoint)
    {
        await _client.ConnectAsync(endpoint);
        _ = Task.Run(ReadAsync);
    }

    private async Task ReadAsync()
    {
        var stream = _client.GetStream();
        try
        {
            while (await LengthAsync(stream) is { } length)
            {
                // The comma that ends a netstring comes with it.
                var text = new byte[length + 1];
                await stream.ReadExactlyAsync(text);
                Take(JsonDocument.Parse(text.AsMemory(0, length)).RootElement);
            }
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException)
        {
            // The phone has ended; who waits for it sees that by itself.
        }
    }

    private static async Task<int?> LengthAsync(NetworkStream stream)
    {
        var digits = new StringBuilder();
        var octet = new byte[1];
        while (await stream.ReadAsync(octet) == 1)
        {
            if (octet[0] == ':')
            {
                return int.Parse(digits.ToString());
            }

            digits.Append((char)octet[0]);
        }

        return null;
    }

    private void Take(JsonElement message)
    {
        lock (_received)
        {
            _received.Add(message);
        }
    }

    private int Count(Func<JsonElement, bool> matches)
    {
        lock (_received)
        {
            return _received.Count(matches);
        }
    }

    /// <summary>How many events of this type have come.</summary>
    public int Events(string type, string? parameter = null) => Count(message =>
        message.TryGetProperty("type", out var value) && value.GetString() == type &&
        (parameter is null || message.GetProperty("param").GetString() == parameter));

    /// <summary>The parameters of the events of this type, in order.</summary>
    public IReadOnlyList<string> Parameters(string type)
    {
        lock (_received)
        {
            return [.. _received.Where(message => message.TryGetProperty("type", out var value) && value.GetString() == type).Select(message => message.GetProperty("param").GetString() ?? "")];
        }
    }

    /// <summary>Sends a command and waits until it is carried out.</summary>
    public async Task CommandAsync(string command, string parameters = "")
    {
        var token = $"{++_token}";
        var json = JsonSerializer.SerializeToUtf8Bytes(new { command, @params = parameters, token });
        byte[] netstring = [.. Encoding.ASCII.GetBytes($"{json.Length}:"), .. json, (byte)','];
        await _client.GetStream().WriteAsync(netstring);
        await Eventually.TrueAsync(
            () => Count(message => message.TryGetProperty("token", out var answered) && answered.GetString() == token && message.GetProperty("ok").GetBoolean()) == 1,
            text: $"{command} {parameters} carried out");
    }

    public void Dispose() => _client.Dispose();
}
