using System.Security.Cryptography;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>Asks the name servers (RFC 1035 §7.2): one after another, the one that answered last first, and all of them again.</summary>
/// <param name="servers">At least one for anything to be found.</param>
/// <param name="within">How long each is waited for.</param>
/// <param name="attempts">Rounds through the servers.</param>
/// <param name="transport">Carries the questions.</param>
/// <param name="counters">Told of the outcomes.</param>
internal sealed class DnsClient(IReadOnlyList<IpEndpoint> servers, TimeSpan within, int attempts, IDnsTransport transport, ResolverCounters counters)
{
    private volatile int _first;

    public async Task<DnsAnswer> AskAsync(DnsQuestion question)
    {
        var answer = await FollowAsync(question).ConfigureAwait(false);
        counters.LookedUp(answer.Outcome);
        return answer;
    }

    /// <summary>Most servers follow aliases themselves; where one does not, what it says of the next name is asked for.</summary>
    private async Task<DnsAnswer> FollowAsync(DnsQuestion question)
    {
        var holds = TimeSpan.MaxValue;
        for (var aliases = 0; aliases <= DnsAnswer.MostAliases; aliases++)
        {
            var answer = await AskServersAsync(question).ConfigureAwait(false);
            if (answer.Alias is not { } alias)
            {
                return answer with { TimeToLive = answer.TimeToLive < holds ? answer.TimeToLive : holds };
            }

            question = question with { Name = alias };
        }

        return DnsAnswer.Failure(DnsOutcome.Failed);
    }

    private async Task<DnsAnswer> AskServersAsync(DnsQuestion question)
    {
        var outcome = DnsOutcome.Failed;
        var first = _first;
        for (var turn = 0; turn < servers.Count * attempts; turn++)
        {
            var server = (first + turn) % servers.Count;
            var (response, hasTimedOut) = await AskServerAsync(servers[server], question).ConfigureAwait(false);
            if (response is { Code: DnsCode.NoError or DnsCode.NameError })
            {
                _first = server;
                return DnsAnswer.Of(response, question);
            }

            outcome = hasTimedOut ? DnsOutcome.TimedOut : DnsOutcome.Failed;
        }

        return DnsAnswer.Failure(outcome);
    }

    private async Task<DnsExchange> AskServerAsync(IpEndpoint server, DnsQuestion question)
    {
        var isExtended = true;
        if (Query(question, isExtended) is not { } query)
        {
            return default;
        }

        var exchange = await transport.AskAsync(server, query, isStream: false, within).ConfigureAwait(false);
        if (exchange.Response is { Code: DnsCode.FormatError or DnsCode.NotImplemented })
        {
            // RFC 6891 §6.2.2: who does not know EDNS0 says so like this.
            isExtended = false;
            exchange = await transport.AskAsync(server, Query(question, isExtended)!, isStream: false, within).ConfigureAwait(false);
        }

        return exchange.Response is { IsTruncated: true }
            ? await transport.AskAsync(server, Query(question, isExtended)!, isStream: true, within).ConfigureAwait(false)
            : exchange;
    }

    private static DnsQuery? Query(DnsQuestion question, bool isExtended)
    {
        Span<byte> id = stackalloc byte[2];
        RandomNumberGenerator.Fill(id);
        return DnsQuery.TryMake(question, BitConverter.ToUInt16(id), isExtended, out var query) ? query : null;
    }
}
