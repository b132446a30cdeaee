using System.Globalization;
using System.Text;
using SipAlg.Calls.Registrations;
using SipAlg.Hosting;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/registrations</c>: who is registered from where, asked of the lane that has them.</summary>
internal sealed class RegistrationsApi(Gateway gateway, ILogger log)
{
    private const int DefaultLimit = 100;
    private const int MostLimit = 1000;
    private const int MostOfTurn = 100;
    private static readonly TimeSpan LaneWait = TimeSpan.FromSeconds(2);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/registrations", ListAsync);
        routes.MapDelete("/api/v1/registrations/{aor}", EndAsync);
    }

    private async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var limit = DefaultLimit;
        if (query["limit"].ToString() is { Length: > 0 } text && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostLimit))
        {
            await context.Response.ErrorAsync(400, "bad_limit", $"limit is a number from 1 to {MostLimit}.").ConfigureAwait(false);
            return;
        }

        var slot = 0;
        if (query["cursor"].ToString() is { Length: > 0 } cursor && !int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out slot))
        {
            await context.Response.ErrorAsync(400, "bad_cursor", "cursor is what the page before gave as next.").ConfigureAwait(false);
            return;
        }

        List<RegistrationDetails> items = [];
        while (slot >= 0 && items.Count < limit)
        {
            var page = new BindingRecord[Math.Min(MostOfTurn, limit - items.Count)];
            var from = slot;
            (slot, var count) = await gateway.AskAsync(LaneNames.Registrations, lane => (lane.Registrar!.List(from, page, out var found), found))
                .WaitAsync(LaneWait, context.RequestAborted).ConfigureAwait(false);
            items.AddRange(page.Take(count).Select(Details));
        }

        var next = slot < 0 ? null : slot.ToString(CultureInfo.InvariantCulture);
        await context.Response.JsonAsync(200, new RegistrationList(items, next), AdminJson.Default.RegistrationList).ConfigureAwait(false);
    }

    private async Task EndAsync(HttpContext context)
    {
        var aor = context.Request.RouteValues["aor"] as string ?? "";
        var octets = Encoding.UTF8.GetBytes(aor);
        var ended = await gateway.AskAsync(LaneNames.Registrations, lane => lane.Registrar!.End(octets)).WaitAsync(LaneWait, context.RequestAborted).ConfigureAwait(false);
        if (ended == 0)
        {
            await context.Response.ErrorAsync(404, "not_registered", "Nobody is registered under this address; it is written as user@domain.").ConfigureAwait(false);
            return;
        }

        AdminLog.RegistrationEnded(log, aor, ended);
        context.Response.StatusCode = 204;
    }

    private RegistrationDetails Details(BindingRecord binding) => new()
    {
        Aor = binding.Aor,
        Contact = binding.Contact,
        Realm = gateway.Listeners[binding.Flow.Listener].Name,
        Transport = TransportNames.Text(binding.Flow.Transport),
        Source = binding.Flow.Remote.ToString(),
        Expires = binding.Expires,
        BehindNat = (binding.Traits & BindingTraits.IsBehindNat) != 0,
        Q = binding.Q / 1000.0,
        Instance = binding.Instance.Length == 0 ? null : binding.Instance,
        RegId = binding.RegId == 0 ? null : binding.RegId,
        Path = binding.Path.Length == 0 ? null : binding.Path,
        UserAgent = binding.Agent.Length == 0 ? null : binding.Agent,
        RelayedTo = binding.Token == 0 ? null : gateway.Model.Realms[gateway.Listeners[binding.Flow.Listener].Group].Relay?.Registrar.Name,
        RelayedAs = binding.Token == 0 ? null : new MintedId(LaneNames.Registrations, 0, binding.Token).ToString(),
        RelayedUntil = binding.Token == 0 ? null : binding.UpstreamExpires,
    };
}

/// <param name="Next">Where the next page begins; null after the last.</param>
internal sealed record RegistrationList(IReadOnlyList<RegistrationDetails> Items, string? Next);

/// <summary>One contact of an address-of-record.</summary>
internal sealed record RegistrationDetails
{
    public required string Aor { get; init; }
    public required string Contact { get; init; }
    public required string Realm { get; init; }
    public required string Transport { get; init; }

    /// <summary>Where its REGISTER came from.</summary>
    public required string Source { get; init; }
    public required DateTimeOffset Expires { get; init; }
    public required bool BehindNat { get; init; }
    public required double Q { get; init; }
    public string? Instance { get; init; }
    public uint? RegId { get; init; }
    public string? Path { get; init; }
    public string? UserAgent { get; init; }

    /// <summary>The peer that is its registrar; null where the gateway is.</summary>
    public string? RelayedTo { get; init; }

    /// <summary>The user part of the contact that this registrar has.</summary>
    public string? RelayedAs { get; init; }

    /// <summary>When it ends there, unless the phone refreshes it.</summary>
    public DateTimeOffset? RelayedUntil { get; init; }
}
