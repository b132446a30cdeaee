using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SipAlg.Tests.Journal.Targets;

/// <summary>An HTTP server that takes call records, or does not: it may refuse them, say nothing, and be gone and come back.</summary>
internal sealed class BillingServer : IDisposable
{
    private readonly ConcurrentQueue<string> _ids = new();
    private readonly ManualResetEventSlim _goOn = new();
    private HttpListener _listener = new();
    private int _requests;

    public BillingServer()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/calls");
    }

    public Uri Url { get; }

    /// <summary>The ids of what it has taken, in the order of their coming.</summary>
    public string[] Ids => [.. _ids];

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The token and type of the last one.</summary>
    public (string? Authorization, string? ContentType) Last { get; private set; }

    /// <summary>What it answers; 0: nothing.</summary>
    public Func<int, int> Status { get; set; } = _ => 204;

    public string? RetryAfter { get; set; }

    public BillingServer Start()
    {
        _listener = new HttpListener();
        _listener.Prefixes.Add(new Uri(Url, "/").ToString());
        _listener.Start();
        _ = ServeAsync(_listener);
        return this;
    }

    public void Stop() => _listener.Close();

    public void Dispose()
    {
        _goOn.Set();
        Stop();
    }

    private async Task ServeAsync(HttpListener listener)
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            try
            {
                await AnswerAsync(context);
            }
            catch (Exception cut) when (cut is IOException or HttpListenerException or ObjectDisposedException or InvalidOperationException or JsonException)
            {
                // Who asked has gone in the middle of it, as a gateway that is killed.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var records = JsonNode.Parse(await new StreamReader(context.Request.InputStream).ReadToEndAsync())!.AsArray();
        Last = (context.Request.Headers["Authorization"], context.Request.ContentType);
        Interlocked.Increment(ref _requests);
        var status = Status(records.Count);
        if (status == 0)
        {
            _ = Task.Run(() =>
            {
                _goOn.Wait();
                context.Response.Abort();
            });
            return;
        }

        if (status is >= 200 and < 300)
        {
            foreach (var record in records)
            {
                _ids.Enqueue((string)record!["id"]!);
            }
        }

        if (RetryAfter is not null)
        {
            context.Response.Headers["Retry-After"] = RetryAfter;
        }

        context.Response.StatusCode = status;
        context.Response.Close();
    }
}
