using System.Text.Json.Nodes;
using SipAlg.Admin.Events;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>The event stream of a gateway that carries calls.</summary>
public sealed class EventsApiTests
{
    [Fact]
    public async Task A_call_is_told_from_its_start_to_its_verdict()
    {
        await using var host = await RunningHost.StartAsync();
        using var stream = await EventStream.OpenAsync(host);
        using var phone = host.Phone();

        await phone.CallAsync("600", caller: "+4930");
        await phone.HangUpAsync();

        var (started, answered, ended) = (await stream.NextAsync(), await stream.NextAsync(), await stream.NextAsync());
        Assert.Equal(["call started", "call answered", "call ended"], new[] { started, answered, ended }.Select(happened => $"{happened.Type} {happened.Body["what"]}"));
        Assert.Equal(["setup", "answered", "ended"], new[] { started, answered, ended }.Select(happened => (string?)happened.Body["call"]!["state"]));
        Assert.Equal("+4930", (string?)started.Body["call"]!["caller"]);
        Assert.Equal("caller_hung_up", (string?)ended.Body["call"]!["cause"]);
        Assert.NotNull(ended.Body["call"]!["verdict"]!["sentence"]);
    }

    [Fact]
    public async Task Who_lost_the_connection_gets_what_he_missed()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        string last;
        using (var stream = await EventStream.OpenAsync(host))
        {
            await phone.CallAsync("600");
            last = (await stream.NextAsync()).Id;
        }

        await phone.HangUpAsync();
        await Eventually.True(() => host.Host.Journal.Recent.Page(0, 1, out _).Count == 1, "the journal has judged the call");

        using var again = await EventStream.OpenAsync(host, last);
        Assert.Equal("answered", (string?)(await again.NextAsync()).Body["what"]);
        Assert.Equal("ended", (string?)(await again.NextAsync()).Body["what"]);
    }

    [Fact]
    public async Task A_registration_is_told_when_it_begins_and_ends_and_no_refresh()
    {
        await using var host = await RunningHost.StartAsync(realm: "domain: example.com", more: "users: { alice: { password: wonderland } }");
        using var stream = await EventStream.OpenAsync(host);
        using var phone = host.Phone();
        Assert.StartsWith("SIP/2.0 200", await phone.RegisterAsync("alice", "wonderland"), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 200", await phone.RegisterAsync("alice", "wonderland"), StringComparison.Ordinal);
        var aor = (string)(await host.GetAsync("api/v1/registrations?aor=ALICE&realm=phones")).Body!["items"]![0]!["aor"]!;
        Assert.Empty((await host.GetAsync("api/v1/registrations?aor=bob")).Body!["items"]!.AsArray());

        Assert.Equal(204, (await host.AskAsync(HttpMethod.Delete, $"api/v1/registrations/{aor}")).Status);

        var (added, removed) = (await stream.NextAsync(), await stream.NextAsync());
        Assert.Equal(["registration added", "registration removed"], new[] { added, removed }.Select(happened => $"{happened.Type} {happened.Body["what"]}"));
        Assert.All(new[] { added, removed }, happened => Assert.Equal((aor, "phones"), ((string?)happened.Body["aor"], (string?)happened.Body["realm"])));
        Assert.Contains($":{phone.Port}", (string?)added.Body["contact"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_is_told_with_what_came_of_it()
    {
        await using var host = await RunningHost.StartAsync();
        using var stream = await EventStream.OpenAsync(host);

        Assert.Equal(200, (await host.AskAsync(HttpMethod.Post, "api/v1/reload")).Status);
        Assert.Equal(("reload", "done"), await stream.WhatAsync());
        await File.WriteAllTextAsync(host.Folder.DialplanFile, "routes: [ { } ]");
        Assert.Equal(422, (await host.AskAsync(HttpMethod.Post, "api/v1/reload")).Status);
        Assert.Equal(("reload", "refused"), await stream.WhatAsync());
    }

    [Fact]
    public async Task A_peer_that_calls_may_not_go_to_any_more_is_told()
    {
        await using var host = await RunningHost.StartAsync();
        using var stream = await EventStream.OpenAsync(host);

        host.Gateway.Peers[1].Rest(host.Gateway.Time, 60);

        var happened = await stream.NextAsync();
        Assert.Equal(("peer", "down", "far"), (happened.Type, (string?)happened.Body["what"], (string?)happened.Body["peer"]));
        Assert.Null(happened.Body["reason"]);
    }

    [Fact]
    public async Task Only_so_many_may_listen()
    {
        await using var host = await RunningHost.StartAsync();
        var streams = new List<EventStream>();
        for (var listener = 0; listener < EventFeed.MostListeners; listener++)
        {
            streams.Add(await EventStream.OpenAsync(host));
        }

        Assert.Equal((503, "too_many_listeners"), (await host.GetAsync("api/v1/events")) is var (status, body) ? (status, (string?)body!["error"]) : default);

        streams.ForEach(stream => stream.Dispose());
        await Eventually.True(async () =>
        {
            try
            {
                (await EventStream.OpenAsync(host)).Dispose();
                return true;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "those who left make room");
    }

    [Fact]
    public async Task A_gateway_stops_while_somebody_listens()
    {
        var host = await RunningHost.StartAsync();
        using var stream = await EventStream.OpenAsync(host);

        await host.DisposeAsync();

        await Assert.ThrowsAnyAsync<IOException>(stream.NextAsync);
    }

    internal sealed class EventStream : IDisposable
    {
        private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
        private readonly HttpResponseMessage _answer;
        private readonly StreamReader _reader;

        private EventStream(HttpResponseMessage answer, Stream stream) => (_answer, _reader) = (answer, new StreamReader(stream));

        public static async Task<EventStream> OpenAsync(RunningHost host, string? last = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/events");
            request.Headers.Add("Last-Event-ID", last);
            var answer = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
            var stream = new EventStream(answer, await answer.Content.ReadAsStreamAsync());
            Assert.StartsWith("retry: ", await stream.LineAsync(), StringComparison.Ordinal);
            return stream;
        }

        public async Task<(string Type, string? What)> WhatAsync() => await NextAsync() is var happened ? (happened.Type, (string?)happened.Body["what"]) : default;

        public async Task<(string Id, string Type, JsonNode Body)> NextAsync()
        {
            string id = "", type = "";
            while (true)
            {
                var line = await LineAsync();
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                {
                    id = line[4..];
                }
                else if (line.StartsWith("event: ", StringComparison.Ordinal))
                {
                    type = line[7..];
                }
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    return (id, type, JsonNode.Parse(line[6..])!);
                }
            }
        }

        public void Dispose()
        {
            _reader.Dispose();
            _answer.Dispose();
        }

        private async Task<string> LineAsync() => await _reader.ReadLineAsync().WaitAsync(Deadline) ?? throw new EndOfStreamException();
    }
}
