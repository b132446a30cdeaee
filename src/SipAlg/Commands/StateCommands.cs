using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SipAlg.Calls.Bans;
using SipAlg.Calls.Fraud;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary><c>sipalg registrations</c>, <c>peers</c>, <c>bans</c>, <c>unban</c> and <c>accounts</c>: how a running gateway stands.</summary>
internal static class StateCommands
{
    public static IEnumerable<Command> Create() => [Registrations(), Peers(), Bans(), Unban(), Accounts()];

    private static AdminCommand Registrations()
    {
        var remove = new Option<string?>("--remove") { Description = "End all contacts of this address-of-record instead, as user@domain. Its phones are not told." };
        var listing = new Listing(
            (new("--aor") { Description = "Only those whose address-of-record has this in it." }, "aor"),
            (Suggestions.Realms(new("--realm") { Description = "Only those of this realm." }), "realm"));
        return new AdminCommand("registrations", "List who is registered from where, or end somebody's registration.", async request =>
        {
            if (request.Value(remove) is { } aor)
            {
                return request.Show(await request.AskAsync(HttpMethod.Delete, $"registrations/{Uri.EscapeDataString(aor)}").ConfigureAwait(false), _ => request.Output.Line($"{aor} is no longer registered"));
            }

            return request.Show(await listing.ReadAsync(request, "registrations").ConfigureAwait(false), list =>
            {
                if (list.Items().Any())
                {
                    request.Output.Table(["aor", "contact", "realm", "via", "source", "expires", "nat", "phone"], list.Items().Select(Registration));
                }

                Listing.Footer(request.Output, list, "nobody is registered");
            });
        }, [.. listing.Symbols, Suggestions.Registrations(remove)]);
    }

    private static AdminCommand Peers()
    {
        var down = new Option<bool>("--down") { Description = "Only those that are down." };
        var listing = new Listing(
            (new("--name") { Description = "Only those whose name has this in it." }, "name"),
            (Suggestions.Realms(new("--realm") { Description = "Only those of this realm." }), "realm"));
        return new AdminCommand("peers", "List the peers and how each of them is.", async request =>
            request.Show(await listing.ReadAsync(request, "peers", request.Value(down) ? "&up=false" : "").ConfigureAwait(false), list =>
            {
                if (list.Items().Any())
                {
                    request.Output.Table(["name", "realm", "state", "calls", "endpoint", "answered", "failed", "registration"], list.Items().Select(Peer));
                }

                Listing.Footer(request.Output, list, request.Value(down) ? "no peer is down" : "there are no peers");
            }), [.. listing.Symbols, down]);
    }

    private static AdminCommand Bans()
    {
        var reason = new Option<string?>("--reason") { Description = "Only those that are banned for this." };
        reason.CompletionSources.Add([.. Metrics.Labels.Of<BanReason>()]);
        var listing = new Listing((new("--address") { Description = "Only addresses that have this in them." }, "address"), (reason, "reason"));
        return new AdminCommand("bans", "List the addresses that are banned.", async request => request.Show(await listing.ReadAsync(request, "bans").ConfigureAwait(false), list =>
        {
            if (list.Items().Any())
            {
                request.Output.Table(["address", "reason", "drops", "ends in", "time", "why"], list.Items().Select(Ban));
            }

            Listing.Footer(request.Output, list, "no address is banned");
        }), listing.Symbols);
    }

    private static string[] Ban(JsonNode ban) =>
    [
        ban.Text("address"), ban.Text("reason"), (bool)ban["proven"]! ? "all" : "datagrams", ban.At("until") is { } until ? Fields.Span(until - DateTimeOffset.UtcNow) : "",
        ban.Text("times"), ban.Text("why"),
    ];

    private static AdminCommand Unban()
    {
        var address = Suggestions.Bans(new Argument<string>("address") { Description = "The address that is banned." });
        return new AdminCommand("unban", "End a ban.", async request =>
            request.Show(await request.AskAsync(HttpMethod.Delete, $"bans/{request.Escaped(address)}").ConfigureAwait(false), _ => request.Output.Line("no longer banned")), [address]);
    }

    private static AdminCommand Accounts()
    {
        var standing = new Option<string?>("--standing") { Description = "Only those of which so much is used." };
        standing.CompletionSources.Add([.. Metrics.Labels.Of<AccountStanding>()]);
        var reset = Suggestions.Accounts(new Option<string?>("--reset") { Description = "Let this account begin its hour and its day anew instead, as \"user alice\"." });
        var listing = new Listing((new("--account") { Description = "Only those whose name has this in it." }, "account"), (standing, "standing"));
        return new AdminCommand("accounts", "List what users and peers have used of what they may use.", async request =>
        {
            if (request.Value(reset) is { } account)
            {
                return request.Show(await request.AskAsync(HttpMethod.Delete, $"accounts/{Uri.EscapeDataString(account)}").ConfigureAwait(false), _ => request.Output.Line($"{account} begins anew"));
            }

            return request.Show(await listing.ReadAsync(request, "accounts").ConfigureAwait(false), list =>
            {
                if (list.Items().Any())
                {
                    request.Output.Table(["account", "standing", "numbers", "calls", "an hour", "minutes a day"], list.Items().SelectMany(account => account.Items("lines").Select(line => Account(account, line))));
                }

                Listing.Footer(request.Output, list, "nothing that is limited has been used");
            });
        }, [.. listing.Symbols, reset]);
    }

    private static string[] Account(JsonNode account, JsonNode line) =>
        [account.Text("account"), line.Text("standing"), line.Text("numbers") is { Length: > 0 } numbers ? numbers : "all", Use(line["calls"]!), Use(line["calls_per_hour"]!), Use(line["minutes_per_day"]!)];

    private static string Use(JsonNode use) => $"{use.Text("used")}{(use["block"] is { } most ? $"/{most}" : "")}";

    private static string[] Registration(JsonNode item) =>
    [
        item.Text("aor"), item.Text("contact"), item.Text("realm"), item.Text("transport"), item.Text("source"),
        item.At("expires") is { } expires ? Fields.Span(expires - DateTimeOffset.UtcNow) : "", (bool)item["behind_nat"]! ? "yes" : "no", item.Text("user_agent"),
    ];

    private static string[] Peer(JsonNode peer)
    {
        var attempts = peer["attempts"]?.AsObject() ?? [];
        var failed = attempts.Where(attempt => attempt.Key != "answered").Sum(attempt => (long)attempt.Value!);
        var limit = peer["calls_limit"] is { } most ? $"/{most}" : "";
        return
        [
            peer.Text("name"), peer.Text("realm"), State(peer), $"{peer.Text("calls_active")}{limit}", peer.Text("endpoint", "address"),
            attempts["answered"]?.ToString() ?? "0", failed.ToString(CultureInfo.InvariantCulture), peer["registration"] is { } registration ? Trunk(registration) : "",
        ];
    }

    public static string State(JsonNode peer) => peer switch
    {
        _ when (bool)peer["up"]! => "up",
        _ when peer.At("down_since") is { } since => $"down {Fields.Span(DateTimeOffset.UtcNow - since)}: {peer.Text("down_reason")}",
        _ => $"rests {Fields.Span(TimeSpan.FromSeconds(peer.Number("rest_seconds")))}",
    };

    private static string Trunk(JsonNode registration) => (bool)registration["registered"]! ? "registered" : $"{registration.Text("outcome")} {registration.Text("status")}".TrimEnd();
}
