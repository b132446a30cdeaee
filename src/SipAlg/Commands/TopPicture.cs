using System.Globalization;
using System.Text.Json.Nodes;

namespace SipAlg.Commands;

/// <summary>What <c>sipalg top</c> shows: the figures, the busiest peers and the newest calls, as many as there is room for.</summary>
internal static class TopPicture
{
    private const int FewestPeers = 3;

    /// <param name="picture">With overview, peers and calls.</param>
    /// <param name="width">Characters in a line.</param>
    /// <param name="height">Lines at most.</param>
    public static IReadOnlyList<string> Lines(JsonNode picture, int width, int height)
    {
        List<string> lines = [.. Figures(picture["overview"]!).Select(line => line.Length <= width ? line : line[..width]), ""];
        var peers = picture.Items("peers").OrderByDescending(peer => peer.Number("calls_active")).ToArray();
        var calls = picture.Items("calls").OrderByDescending(call => call.Text("started"), StringComparer.Ordinal).ToArray();
        var room = Math.Max(0, height - lines.Count - 3);
        var peerRoom = Math.Min(peers.Length, Math.Max(FewestPeers, room - calls.Length));
        lines.AddRange(TextTable.Lines([["PEER", "REALM", "STATE", "CALLS", "ANSWERED", "FAILED"], .. peers.Take(peerRoom).Select(Peer)], width));
        lines.Add("");
        lines.AddRange(TextTable.Lines([["CALL", "CALLER", "CALLED", "FROM", "TO", "STATE", "TIME"], .. calls.Take(Math.Max(0, height - lines.Count - 1)).Select(Call)], width));
        return [.. lines.Take(height)];
    }

    private static IEnumerable<string> Figures(JsonNode overview)
    {
        var state = overview switch
        {
            _ when (bool)overview["stopping"]! => ", stopping",
            _ when (bool)overview["draining"]! => $", draining: no new calls{Deadline(overview)}",
            _ => "",
        };
        yield return $"sipalg {overview.Text("version")}, up {Fields.Span(TimeSpan.FromSeconds(overview.Number("uptime_seconds")))}{state}";
        yield return string.Create(CultureInfo.InvariantCulture, $"calls {overview.Text("calls_active")}, {overview.Number("calls_per_second"):0.0}/s; answered {Share(overview, "last_5_minutes", "answer_seizure_ratio")} in 5 min, {Share(overview, "last_60_minutes", "answer_seizure_ratio")} in 60; effective {Share(overview, "last_5_minutes", "network_effectiveness")} and {Share(overview, "last_60_minutes", "network_effectiveness")}");
        yield return string.Create(CultureInfo.InvariantCulture, $"registrations {overview.Text("registrations_active")}, peers up {overview.Text("peers_up")} of {overview.Text("peers_total")}, cpu {overview.Number("cpu_cores"):0.00} of {overview.Text("cpus")}, memory {overview.Number("memory_bytes") / (1 << 20):0} MiB, delay relay {1000 * overview.Number("relay_delay_seconds"):0.0} ms, lanes {1000 * overview.Number("lane_delay_seconds"):0.0} ms");
        yield return $"media ports {string.Join(", ", overview.Items("realms").Select(realm => $"{realm.Text("name")} {realm.Text("ports_in_use")} of {realm.Text("ports_capacity")}"))}";
    }

    private static string Deadline(JsonNode overview) =>
        overview.At("drain_deadline") is { } deadline && deadline - DateTimeOffset.UtcNow is { Ticks: > 0 } left ? $", calls end in {Fields.Span(left)}" : "";

    private static string Share(JsonNode overview, string span, string member) =>
        overview[span]?[member] is { } share ? share.GetValue<double>().ToString("0 %", CultureInfo.InvariantCulture) : "-";

    private static string[] Peer(JsonNode peer)
    {
        var attempts = peer["attempts"]?.AsObject() ?? [];
        return
        [
            peer.Text("name"), peer.Text("realm"), StateCommands.State(peer), peer.Text("calls_active"), attempts["answered"]?.ToString() ?? "0",
            attempts.Where(attempt => attempt.Key != "answered").Sum(attempt => (long)attempt.Value!).ToString(CultureInfo.InvariantCulture),
        ];
    }

    private static string[] Call(JsonNode call) =>
    [
        call.Text("id"), call.Text("caller"), call.Text("called"), call.Text("from_peer", "from_user", "from_realm"), call.Text("to_peer", "to_user", "to_realm"),
        call.Text("state"), CallCommands.Duration(call),
    ];
}
