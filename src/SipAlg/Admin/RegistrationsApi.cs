using System.Globalization;
using System.Text;
using SipAlg.Admin.Description;
using SipAlg.Calls.Registrations;
using SipAlg.Hosting;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/registrations</c>: who is registered from where, asked of the lane that has them.</summary>
internal sealed class RegistrationsApi(Gateway gateway, ILogger log)
{
    private const int MostOfTurn = 100;

    /// <summary>Of one page, so that a filter that nothing passes is no long work either.</summary>
    private const int MostTurns = 200;
    private static readonly TimeSpan LaneWait = TimeSpan.FromSeconds(2);

    private static readonly Parameter[] Filters =
    [
        new("aor", "A part of the address-of-record, as alice or @example.com."),
        new("realm", "The realm that it came from."),
    ];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/registrations", ListAsync).Describe(new Operation("Who is registered from where: a contact an item.")
        {
            Query = [.. Filters, .. Paging.Parameters],
            Answers = [Answer.Of(200, "One page.", AdminJson.Default.RegistrationList), Paging.BadQuery],
        });
        routes.MapDelete("/api/v1/registrations/{aor}", EndAsync).Describe(new Operation("Ends all contacts of an address-of-record; its phones are not told.")
        {
            Path = [new("aor", "As user@domain.")],
            Answers = [Answer.Of(204, "Ended."), Answer.Error(404, "Nobody is registered under it.")],
        });
    }

    private async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!Paging.TryLimit(query, out var limit))
        {
            await context.Response.BadLimitAsync().ConfigureAwait(false);
            return;
        }

        if (!Paging.TryPlace(query, out var slot))
        {
            await context.Response.BadCursorAsync().ConfigureAwait(false);
            return;
        }

        List<RegistrationDetails> items = [];
        for (var turns = 0; slot >= 0 && items.Count < limit && turns < MostTurns; turns++)
        {
            var page = new BindingRecord[Math.Min(MostOfTurn, limit - items.Count)];
            var from = slot;
            (slot, var count) = await gateway.AskAsync(LaneNames.Registrations, lane => (lane.Registrar!.List(from, page, out var found), found))
                .WaitAsync(LaneWait, context.RequestAborted).ConfigureAwait(false);
            items.AddRange(page.Take(count).Where(binding => IsWanted(query, binding)).Select(Details));
        }

        var next = slot < 0 ? null : slot.ToString(CultureInfo.InvariantCulture);
        await context.Response.JsonAsync(200, new RegistrationList(items, next), AdminJson.Default.RegistrationList).ConfigureAwait(false);
    }

    private bool IsWanted(IQueryCollection query, BindingRecord binding) =>
        (query.Text("aor") is not { } aor || binding.Aor.Contains(aor, StringComparison.OrdinalIgnoreCase)) &&
        (query.Text("realm") is not { } realm || gateway.Listeners[binding.Flow.Listener].Name == realm);

    private async Task EndAsync(HttpContext context)
    {
        var aor = PathEnd.Of(context);
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
