using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using SipAlg.Admin;
using SipAlg.Calls.Model;
using SipAlg.Configuration;
using SipAlg.Protocol.Addresses;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary><c>sipalg route</c>: which route a request would take, and why each earlier one did not match. Sends nothing.</summary>
internal sealed class RouteCommand
{
    private readonly TimeProvider _clock;
    private readonly Option<string?> _config = ConfigurationFile.Option();
    private readonly Option<string> _called = new("--called") { Description = "The called number.", Required = true };
    private readonly Option<string> _caller = new("--caller") { Description = "The caller's number.", DefaultValueFactory = _ => "" };
    private readonly Option<string?> _realm = Suggestions.Realms(new("--realm") { Description = "Realm in which the request arrives. Default: the peer's, or the only one." });
    private readonly Option<string?> _peer = Suggestions.Peers(new("--peer") { Description = "Peer that sends it." });
    private readonly Option<string?> _user = new("--user") { Description = "Authenticated user that sends it." };
    private readonly Option<string> _domain = new("--domain") { Description = "Host of the Request-URI.", DefaultValueFactory = _ => "" };
    private readonly Option<string> _method = new("--method") { Description = "SIP method.", DefaultValueFactory = _ => "INVITE" };
    private readonly Option<string?> _source = new("--source") { Description = "Address that it comes from." };
    private readonly Option<string[]> _headers = new("--header") { Description = "A header, as 'Name: value'; may be repeated." };
    private readonly Option<string?> _at = new("--at") { Description = "When it arrives, as 2026-03-02T09:00+01:00. Default: now." };

    private readonly Option<bool> _json = JsonText.Option();

    private RouteCommand(TimeProvider clock) => _clock = clock;

    public static Command Create(TimeProvider clock)
    {
        var route = new RouteCommand(clock);
        var command = new Command("route", "Say which route a request would take and why, without sending anything.")
        {
            route._config, route._called, route._caller, route._realm, route._peer, route._user, route._domain, route._method, route._source,
            route._headers, route._at, route._json,
        };
        command.SetAction(route.Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        var errors = new Terminal(result.InvocationConfiguration.Error);
        var loaded = ConfigurationFile.Load(ConfigurationFile.Choose(result.GetValue(_config)));
        if (loaded.Configuration is not { } configuration)
        {
            errors.Problems(loaded.Problems);
            return ExitCode.BadConfiguration;
        }

        if (Read(result, configuration.Model, out var fault) is not { } request)
        {
            errors.Line(fault, Color.Red);
            return ExitCode.Fault;
        }

        var explanation = request.Ask(configuration.Model);
        if (result.GetValue(_json))
        {
            result.InvocationConfiguration.Output.WriteLine(JsonText.Of(JsonSerializer.SerializeToNode(RouteBody.Of(explanation), AdminJson.Default.RouteBody)));
        }
        else
        {
            RouteReport.Write(new Terminal(result.InvocationConfiguration.Output), request, explanation);
        }

        return explanation.Decision.Rejection is null ? ExitCode.Success : ExitCode.Rejected;
    }

    private DryRun? Read(ParseResult result, GatewayModel model, out string fault)
    {
        var peerName = result.GetValue(_peer);
        var peer = model.Peers.FirstOrDefault(peer => peer.Name == peerName);
        var userName = result.GetValue(_user);
        var user = userName is null ? null : model.Users.WithName(userName);
        fault = userName is not null && user is null ? $"there is no user '{userName}'" : "";
        fault = Refuse(result, peerName is not null && peer is null, out var source, out var at) is { Length: > 0 } other ? other : fault;
        if (fault.Length > 0 || DryRun.FindRealm(model, result.GetValue(_realm), peer, out fault) is not { } realm)
        {
            return null;
        }

        return new DryRun
        {
            Realm = realm,
            Peer = peer,
            User = user,
            Method = result.GetValue(_method)!,
            Source = source,
            Called = result.GetValue(_called)!,
            Caller = result.GetValue(_caller)!,
            Domain = result.GetValue(_domain)!,
            Headers = [.. (result.GetValue(_headers) ?? []).Select(Header)],
            At = at,
        };
    }

    private string Refuse(ParseResult result, bool isUnknownPeer, out IpAddress source, out DateTimeOffset at)
    {
        source = default;
        at = _clock.GetLocalNow();
        if (isUnknownPeer)
        {
            return $"there is no peer '{result.GetValue(_peer)}'";
        }

        if (result.GetValue(_source) is { } address && !IpAddress.TryParse(address, out source))
        {
            return $"--source: '{address}' is no IP address";
        }

        if (result.GetValue(_at) is { } time && !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out at))
        {
            return $"--at: '{time}' is no time; write it as 2026-03-02T09:00+01:00";
        }

        return result.GetValue(_headers)?.FirstOrDefault(header => !header.Contains(':', StringComparison.Ordinal)) is { } bad ? $"--header: '{bad}' is not 'Name: value'" : "";
    }

    private static KeyValuePair<string, string> Header(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return KeyValuePair.Create(text[..colon].Trim(), text[(colon + 1)..].Trim());
    }
}
