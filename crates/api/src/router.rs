use crate::{
    Api, Settings, access, audit, connections, content, demo, extract, headers, models, openapi, operator,
    organization, people, probes, problem, problem::Problem, queries, session, support,
};
use axum::{Router, extract::DefaultBodyLimit, http::Uri, middleware};
use std::{sync::Arc, time::Duration};
use tessera_app::App;
use tower_http::{
    catch_panic::CatchPanicLayer, csrf::CsrfLayer, limit::RequestBodyLimitLayer, timeout::RequestBodyTimeoutLayer,
};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The longest body of any operation; the SQL within may have 64 KiB.
const BODY_LIMIT_BYTES: usize = 256 * 1024;
/// How long a body may pause on its way here.
const BODY_PAUSE: Duration = Duration::from_secs(20);

/// Every route with its handler and its description.
pub(crate) fn described() -> OpenApiRouter<Api> {
    // Running a query names the query on every answer, so it has a layer of its own.
    let run = OpenApiRouter::new()
        .routes(routes!(queries::run::run_query))
        .route_layer(middleware::from_fn(extract::name_query));
    openapi::document()
        .routes(routes!(session::whoami::whoami))
        .routes(routes!(session::end::end_session))
        .routes(routes!(session::view_as::view_as, session::view_as::end_viewing))
        .routes(routes!(models::list::list_models))
        .routes(routes!(models::topics::list_topics))
        .routes(routes!(models::topic::describe_topic))
        .merge(run)
        .routes(routes!(queries::list::list_queries))
        .routes(routes!(queries::read::read_query, queries::cancel::cancel_query))
        .routes(routes!(queries::suggest::suggest))
        .routes(routes!(access::explain::explain))
        .routes(routes!(access::who_can::who_can))
        .routes(routes!(audit::list::list_audit_events))
        .routes(routes!(access::what_if::ask_what_if))
        .routes(routes!(access::requests::list_access_requests, access::requests::request_access))
        .routes(routes!(access::requests::describe_access_request, access::requests::withdraw_access_request))
        .routes(routes!(access::requests::approve_access_request))
        .routes(routes!(access::requests::decline_access_request))
        .routes(routes!(
            content::folders::describe_folder,
            content::folders::rename_folder,
            content::folders::trash_folder
        ))
        .routes(routes!(content::folders::list_children))
        .routes(routes!(content::folders::create_folder))
        .routes(routes!(content::folders::lock_folder))
        .routes(routes!(content::documents::list_documents, content::documents::create_document))
        .routes(routes!(content::documents::shared_with_me))
        .routes(routes!(
            content::documents::describe_document,
            content::documents::rename_document,
            content::documents::trash_document
        ))
        .routes(routes!(content::documents::set_slug))
        .routes(routes!(content::documents::set_switches))
        .routes(routes!(content::drafts::read_body))
        .routes(routes!(content::drafts::read_draft, content::drafts::save_draft))
        .routes(routes!(content::drafts::publish_document))
        .routes(routes!(content::drafts::list_versions))
        .routes(routes!(content::drafts::read_version))
        .routes(routes!(content::drafts::restore_version))
        .routes(routes!(content::sharing::list_folder_grants))
        .routes(routes!(content::sharing::folder_access_list))
        .routes(routes!(content::sharing::set_folder_grant, content::sharing::take_folder_grant))
        .routes(routes!(content::sharing::restrict_folder))
        .routes(routes!(content::sharing::move_folder))
        .routes(routes!(content::sharing::transfer_folder))
        .routes(routes!(content::sharing::list_document_grants))
        .routes(routes!(content::sharing::document_access_list))
        .routes(routes!(content::sharing::set_document_grant, content::sharing::take_document_grant))
        .routes(routes!(content::sharing::restrict_document))
        .routes(routes!(content::sharing::move_document))
        .routes(routes!(content::sharing::transfer_document))
        .routes(routes!(content::trash::list_trash))
        .routes(routes!(content::trash::restore_trashed))
        .routes(routes!(content::trash::purge_trashed))
        .routes(routes!(people::users::list_users, people::users::add_user))
        .routes(routes!(people::users::describe_user, people::users::edit_user, people::users::remove_user))
        .routes(routes!(people::users::set_user_role))
        .routes(routes!(people::users::set_user_status))
        .routes(routes!(people::users::sign_out_user))
        .routes(routes!(people::users::take_over))
        .routes(routes!(people::users::user_access))
        .routes(routes!(people::values::list_user_attributes))
        .routes(routes!(people::values::set_user_attribute, people::values::clear_user_attribute))
        .routes(routes!(people::groups::list_groups, people::groups::add_group))
        .routes(routes!(people::groups::describe_group, people::groups::rename_group, people::groups::remove_group))
        .routes(routes!(people::groups::list_members))
        .routes(routes!(people::groups::add_member, people::groups::remove_member))
        .routes(routes!(people::values::list_group_attributes))
        .routes(routes!(people::values::set_group_attribute, people::values::clear_group_attribute))
        .routes(routes!(people::attributes::list_attributes, people::attributes::add_attribute))
        .routes(routes!(
            people::attributes::describe_attribute,
            people::attributes::edit_attribute,
            people::attributes::remove_attribute
        ))
        .routes(routes!(people::roles::list_roles, people::roles::add_role))
        .routes(routes!(people::roles::describe_role, people::roles::edit_role, people::roles::remove_role))
        .routes(routes!(people::keys::list_service_accounts, people::keys::add_service_account))
        .routes(routes!(people::keys::list_api_keys, people::keys::create_api_key))
        .routes(routes!(people::keys::describe_api_key, people::keys::revoke_api_key))
        .routes(routes!(people::settings::read_settings, people::settings::change_settings))
        .routes(routes!(organization::delete::delete_organization))
        .routes(routes!(organization::export::export_organization))
        .routes(routes!(support::list_support_access, support::allow_support))
        .routes(routes!(support::describe_support_access, support::revoke_support_access))
        .routes(routes!(
            operator::session::begin_operator_session,
            operator::session::describe_operator_session,
            operator::session::end_operator_session
        ))
        .routes(routes!(operator::organizations::list_open_organizations))
        .routes(routes!(operator::organizations::enter_organization))
        .routes(routes!(connections::list::list_connections))
        .routes(routes!(connections::list::describe_connection))
        .routes(routes!(connections::roles::list_connection_roles))
        .routes(routes!(connections::roles::assign_connection_role, connections::roles::take_connection_role))
        .routes(routes!(probes::healthy::healthy))
        .routes(routes!(probes::ready::ready))
}

/// The API as a service. `pages` answers what no route of the API does.
pub fn router(app: Arc<App>, settings: Settings, pages: Router) -> Router {
    let with_demo = settings.demo.is_some();
    let api = Api { app, settings: Arc::new(settings) };
    let (mut routes, _) = described().split_for_parts();
    routes = routes.route("/api/openapi.json", axum::routing::get(openapi::serve));
    if with_demo {
        routes = routes.merge(demo::routes());
    }
    headers::secure(
        routes
            .with_state(api.clone())
            .route("/api/{*rest}", axum::routing::any(unknown))
            .fallback_service(pages)
            .layer(DefaultBodyLimit::disable())
            .layer(RequestBodyLimitLayer::new(BODY_LIMIT_BYTES))
            .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE))
            .layer(CsrfLayer::new())
            .layer(CatchPanicLayer::new())
            .layer(middleware::from_fn_with_state(api.clone(), extract::recognize))
            .layer(middleware::from_fn(problem::render))
            .layer(middleware::from_fn_with_state(api, extract::number)),
    )
}

async fn unknown(uri: Uri) -> Problem {
    Problem::no_route(uri.path())
}
