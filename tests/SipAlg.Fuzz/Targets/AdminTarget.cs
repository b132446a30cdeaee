using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using SipAlg.Admin;
using SipAlg.Admin.Description;
using SipAlg.Fuzz.Engine;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Fuzz.Targets;

/// <summary>What a request to the admin API brings: bodies that are read or refused, and queries whose values are within their bounds.</summary>
internal sealed class AdminTarget() : Target("admin", 24, Bodies, Pieces)
{
    private static readonly byte[][] Bodies = Texts(
        "{\"called\":\"+49\",\"caller\":\"1\",\"realm\":\"a\",\"peer\":null,\"headers\":{\"X-A\":\"b\"},\"at\":\"2026-03-02T09:00+01:00\",\"source\":\"::1\"}", "{\"token\":\"secret\"}", "[1,2e9,\"\\u0000\\ud800\",true]",
        "?limit=100&cursor=5&state=ended&number=%2B49&since=2026-01-01T00:00:00Z", "limit=1001&limit=2&cursor=-1", "outcome=answered&verdict=x&peer=%00&answered=true");

    private static readonly byte[][] Pieces = Texts(
        "{", "}", "[", "]", "\"", ":", ",", "\\u", "\\ud800", "null", "true", "1e999", "-0", "\"called\":", "\"headers\":{", "\"token\":\"", "&", "=", "?", "%", "%00", "%ff", "+", "limit=", "cursor=", "since=", "number=", "9223372036854775808", "2147483648", " ", "é", "\0");

    public override string? Check(FuzzInput input, Features features)
    {
        try
        {
            features.Add(1, JsonSerializer.Deserialize(input.Octets, AdminJson.Default.RouteQuery) is { Called: null } ? 1 : 0);
            features.Add(2, JsonSerializer.Deserialize(input.Octets, AdminJson.Default.LoginBody) is null ? 1 : 0);
        }
        catch (JsonException)
        {
            // That is what the reader of bodies answers 400 to.
            features.Add(3, 0);
        }

        return Query(Encoding.UTF8.GetString(input.Octets), features);
    }

    private static string? Query(string text, Features features)
    {
        _ = IpAddress.TryParse(text, out _) && IpNetwork.TryParse(text, out _) && IpEndpoint.TryParse(text, out _);
        QueryCollection query;
        try
        {
            query = new QueryCollection(QueryHelpers.ParseQuery(text));
        }
        catch (InvalidDataException)
        {
            // More values than Kestrel takes.
            return null;
        }

        var isSound = CallFilter.TryRead(query, out var filter);
        features.Add(4, (isSound ? 1 : 0) | (filter.Number is null ? 0 : 2) | (filter.Peer is null ? 0 : 4) | (filter.Since is null ? 0 : 8));
        return Paging.TryLimit(query, out var limit) && limit is < 1 or > Paging.MostLimit ? "A limit beyond its bounds."
            : Paging.TryPlace(query, out var place) && place < 0 ? "A place before the first." : null;
    }
}
