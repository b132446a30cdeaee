using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Browser;

/// <summary>A connection to a browser by the DevTools protocol: commands are answered, events go to who listens.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private const int ReceiveLength = 64 * 1024;

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sends = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _open = new();
    private readonly CancellationTokenSource _end = new();
    private Task _reading = Task.CompletedTask;
    private int _number;

    /// <summary>Told the session, the event's name and its parameters, one at a time.</summary>
    public event Action<string?, string, JsonNode>? Told;

    public static async Task<DevTools> ConnectAsync(Uri address)
    {
        var tools = new DevTools();
        await tools._socket.ConnectAsync(address, tools._end.Token).WaitAsync(Eventually.Deadline);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    /// <param name="method">As "Page.navigate".</param>
    /// <param name="parameters">Null: none.</param>
    /// <param name="session">Of the page; null: the browser itself.</param>
    public async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null, string? session = null)
    {
        var number = Interlocked.Increment(ref _number);
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[number] = answer;
        var command = new JsonObject { ["id"] = number, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
        {
            command["sessionId"] = session;
        }

        await _sends.WaitAsync();
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(command), WebSocketMessageType.Text, endOfMessage: true, _end.Token);
        }
        finally
        {
            _sends.Release();
        }

        return await answer.Task.WaitAsync(Eventually.Deadline);
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await NextAsync() is { } message)
            {
                Take(message);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or WebSocketException)
        {
            // The browser is gone, or is left.
        }

        foreach (var answer in _open.Values)
        {
            answer.TrySetException(new InvalidOperationException("The browser is gone."));
        }
    }

    private async Task<JsonNode?> NextAsync()
    {
        var message = new ArrayBufferWriter<byte>(ReceiveLength);
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(message.GetMemory(ReceiveLength), _end.Token);
            message.Advance(part.Count);
        }
        while (!part.EndOfMessage);
        return part.MessageType == WebSocketMessageType.Close ? null : JsonNode.Parse(message.WrittenSpan);
    }

    private void Take(JsonNode message)
    {
        if (message["id"] is not { } number)
        {
            Told?.Invoke((string?)message["sessionId"], (string)message["method"]!, message["params"]!);
        }
        else if (_open.TryRemove((int)number, out var answer))
        {
            _ = message["error"] is { } error ? answer.TrySetException(new InvalidOperationException(error.ToJsonString())) : answer.TrySetResult(message["result"]!);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reading;
        _socket.Dispose();
        _sends.Dispose();
        _end.Dispose();
    }
}
