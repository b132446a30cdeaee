using System.Globalization;
using SipAlg.Admin.Access;
using SipAlg.Admin.Description;
using SipAlg.Calls.Model;
using SipAlg.Configuration;
using SipAlg.Hosting;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/route</c>: what the dialplan in force says to a request that nobody sent, as <c>sipalg route</c> asks the files.</summary>
internal sealed class RouteApi(Gateway gateway)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/route", AskAsync).Describe(new Operation("Which route a request would take, and why each earlier one would not. Sends nothing.")
    {
        Need = AccessNeed.Look,
        Body = AdminJson.Default.RouteQuery,
        Answers = [Answer.Of(200, "Routed or rejected.", AdminJson.Default.RouteBody), BodyReader.Bad, BodyReader.NotJson],
    });

    private async Task AskAsync(HttpContext context)
    {
        if (await BodyReader.ReadAsync(context, AdminJson.Default.RouteQuery).ConfigureAwait(false) is not { } query)
        {
            return;
        }

        // One model for all that is asked, whatever a reload does meanwhile.
        var model = gateway.Model;
        if (Read(query, model, gateway.Time, out var fault) is not { } request)
        {
            await context.Response.ErrorAsync(400, "bad_request", fault).ConfigureAwait(false);
            return;
        }

        await context.Response.JsonAsync(200, RouteBody.Of(request.Ask(model)), AdminJson.Default.RouteBody).ConfigureAwait(false);
    }

    private static DryRun? Read(RouteQuery query, GatewayModel model, TimeProvider time, out string fault)
    {
        var peer = model.Peers.FirstOrDefault(peer => peer.Name == query.Peer && !peer.IsRemoved);
        var user = query.User is null ? null : model.Users.WithName(query.User);
        var (source, at) = (default(IpAddress), time.GetLocalNow());
        fault = query.Peer is not null && peer is null ? $"there is no peer '{query.Peer}'"
            : query.User is not null && user is null ? $"there is no user '{query.User}'"
            : query.Source is not null && !IpAddress.TryParse(query.Source, out source) ? $"source: '{query.Source}' is no IP address"
            : query.At is not null && !DateTimeOffset.TryParse(query.At, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out at) ? $"at: '{query.At}' is no time; write it as 2026-03-02T09:00+01:00"
            : "";
        if (fault.Length > 0 || DryRun.FindRealm(model, query.Realm, peer, out fault) is not { } realm)
        {
            return null;
        }

        return new DryRun
        {
            Realm = realm,
            Peer = peer,
            User = user,
            Method = query.Method ?? "INVITE",
            Source = source,
            Called = query.Called,
            Caller = query.Caller ?? "",
            Domain = query.Domain ?? "",
            Headers = [.. query.Headers ?? []],
            At = at,
        };
    }
}
